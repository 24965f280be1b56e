import type { SignedIn } from "../tenancy/actor.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import type { OwnSession } from "../sessions/own-sessions.ts";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { describeDevice } from "./describe-device.ts";

/** The address of the page; its forms are below it. */
export const sessionsPath = "/account/sessions";

interface SessionsPageProps {
  actor: Pick<SignedIn, "user">;
  /** The session of this request first, then the others, newest use first. */
  sessions: readonly OwnSession[];
}

/** Lists the sessions of a person, with the forms that end them. */
export function SessionsPage({ actor, sessions }: SessionsPageProps) {
  const post = (path: string) => accountFormAction(actor, `${sessionsPath}/${path}`);
  const others = sessions.filter(({ isCurrent }) => !isCurrent);
  return (
    <>
      <PageHeading title="Where you are signed in">
        <p>The browsers that are signed in to your account.</p>
      </PageHeading>
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[1.5fr_1fr]">
        <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
          {sessions.map((session) => (
            <SessionRow key={session.publicId} session={session} post={post} />
          ))}
        </ul>
        <div class="grid grid-cols-1 gap-6">
          {others.length > 0 && (
            <Card
              id="others"
              title="Sign out of other browsers"
              description="Ends every session except this one."
            >
              <RevocationForm action={post("revocation")} which="others">
                Sign out of all others
              </RevocationForm>
            </Card>
          )}
          <Card
            id="everywhere"
            title="Sign out everywhere"
            description="Ends every session, including this one."
          >
            <RevocationForm action={post("revocation")} which="everywhere">
              Sign out everywhere
            </RevocationForm>
            <p class="mt-5 text-sm text-base-content/75">
              A browser that is signed out here may still be signed in at our identity provider,
              which then lets it back in without asking.
            </p>
          </Card>
        </div>
      </div>
    </>
  );
}

type RowProps = { session: OwnSession; post(path: string): string };

function SessionRow({ session, post }: RowProps) {
  const { publicId, isCurrent, createdAt, lastSeenAt, ip } = session;
  const device = describeDevice(session.userAgent);
  return (
    <li class="grid gap-4 px-4 py-4 sm:grid-cols-[1fr_auto] sm:items-center sm:px-6">
      <div class="flex min-w-0 items-start gap-4">
        <span class="grid size-10 shrink-0 place-items-center rounded-field bg-base-200">
          <Icon name="screen" />
        </span>
        <div class="min-w-0">
          <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span class="break-name font-semibold">{device}</span>
            {isCurrent && (
              <span class="badge badge-soft badge-success font-semibold">This browser</span>
            )}
          </p>
          <p class="mt-0.5 text-sm text-base-content/75">
            {isCurrent ? (
              "In use now"
            ) : (
              <>
                Last used <DateText date={lastSeenAt} withTime />
              </>
            )}
          </p>
          <p class="text-sm text-base-content/75">
            Signed in <DateText date={createdAt} withTime />
            {ip !== null && <span class="break-name"> from {ip}</span>}
          </p>
        </div>
      </div>
      {isCurrent ? (
        <form method="post" action="/sign-out">
          <SubmitButton tone="plain">Sign out</SubmitButton>
        </form>
      ) : (
        <form method="post" action={post(`${publicId}/revocation`)}>
          <SubmitButton tone="plain">
            Sign out<span class="sr-only"> {device}</span>
          </SubmitButton>
        </form>
      )}
    </li>
  );
}

function RevocationForm(props: {
  action: string;
  which: "others" | "everywhere";
  children: string;
}) {
  return (
    <form method="post" action={props.action}>
      <input type="hidden" name="which" value={props.which} />
      <SubmitButton tone="plain">{props.children}</SubmitButton>
    </form>
  );
}
