import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import type { HuggingFaceOrganization } from "./connection.ts";
import { connectionsPath } from "./views.tsx";

interface ChoicePageProps {
  actor: Member;
  /** The form of each sends its `choice`, which is sealed so that nothing else can be chosen. */
  options: readonly (HuggingFaceOrganization & { choice: string })[];
}

/** After the round trip to Hugging Face: the organizations there of which the person is an admin. */
export function ChoicePage({ actor, options }: ChoicePageProps) {
  const { organization } = actor;
  return (
    <>
      <PageHeading title="Choose an organization">
        <p class="break-name">
          You are an admin of these Hugging Face organizations. Members of the one you choose can
          join {organization.name}.
        </p>
      </PageHeading>
      <div class="grid max-w-2xl gap-6">
        <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
          {options.map(({ subject, name, handle, choice }) => (
            <li key={subject} class="flex flex-wrap items-center gap-4 px-4 py-4 sm:px-6">
              <div class="min-w-40 flex-1">
                <p class="break-name font-semibold">{name}</p>
                <p class="break-name text-sm text-base-content/75">@{handle}</p>
              </div>
              <form class="max-sm:w-full" method="post" action={formAction(actor, "hugging-face")}>
                <input type="hidden" name="choice" value={choice} />
                <SubmitButton>
                  Connect<span class="sr-only"> {name}</span>
                </SubmitButton>
              </form>
            </li>
          ))}
        </ul>
        <p class="text-base-content/75">
          Next, you choose their roles here. This page is valid for ten minutes.
        </p>
        <a class="link justify-self-start" href={connectionsPath(organization)}>
          Cancel
        </a>
      </div>
    </>
  );
}

/** The page after a sign-in that Hugging Face did not confirm. */
export function UnprovenPage({ returnTo }: { returnTo: string }) {
  return (
    <div class="mx-auto max-w-md rounded-box border border-base-300 bg-base-100 p-7 text-center sm:mt-10 sm:p-10">
      <h1 class="text-3xl font-bold tracking-tight">Hugging Face did not confirm</h1>
      <p class="mt-3 text-base-content/80">
        You are signed in, but Hugging Face did not tell us your organizations: you declined, or you
        used another account than the one linked here. Your memberships through Hugging Face are
        suspended until you sign in with it again.
      </p>
      <div class="mt-7 flex flex-col justify-center gap-3 sm:flex-row">
        <a class="btn btn-primary text-base" href={returnTo}>
          Continue
        </a>
      </div>
    </div>
  );
}
