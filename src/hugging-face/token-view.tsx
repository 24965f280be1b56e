import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import type { MembersFault } from "../database/generated/client.ts";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import type { ListedConnection } from "./connection.ts";

const faults: Record<MembersFault, string> = {
  unavailable: "Hugging Face did not answer the last time. We try again within the hour.",
  refused: "Hugging Face refuses the token: it was revoked or has expired. Save a new one.",
  unusable:
    "The owner of the token is not in this organization, or the token does not show all of its members. Save a new one.",
};

interface TokenFieldsProps {
  actor: Member;
  connection: ListedConnection;
  /** The faults of the token that was sent. */
  errors: readonly string[];
}

/** The form for the access token with which we list the members of a connected organization between sign-ins. */
export function TokenForm({ actor, connection, errors }: TokenFieldsProps) {
  const { subject, name, listing } = connection;
  const id = `field-${subject}-token`;
  const action = (path: string) => formAction(actor, `hugging-face/${subject}/${path}`);
  return (
    <details class="mt-5" open={errors.length > 0}>
      <summary class="btn btn-outline text-base max-sm:w-full">Check between sign-ins…</summary>
      <div class="mt-4 grid gap-4">
        <p>
          With an access token of one of its members, we check the members and their roles at
          Hugging Face twice a day. A read token is enough. We store it encrypted and never show it
          again.
        </p>
        {listing && <Listing {...listing} />}
        <form class="grid gap-4" method="post" action={action("token")}>
          <div>
            <label class="mb-2 block font-semibold" for={id}>
              {listing ? "New access token" : "Access token"}
              <span class="sr-only"> of {name}</span>
            </label>
            <input
              id={id}
              class="input w-full text-base"
              type="password"
              name="token"
              autocomplete="off"
              required
              maxlength={250}
              {...(errors.length > 0 && {
                "aria-invalid": true,
                "aria-describedby": `${id}-error`,
                autofocus: true,
              })}
            />
            {errors.length > 0 && (
              <p id={`${id}-error`} class="mt-2 text-error">
                {errors.join(" ")}
              </p>
            )}
          </div>
          <div>
            <SubmitButton>
              Save token<span class="sr-only"> of {name}</span>
            </SubmitButton>
          </div>
        </form>
        {listing && (
          <form method="post" action={action("token/removal")}>
            <SubmitButton tone="danger">
              Remove token<span class="sr-only"> of {name}</span>
            </SubmitButton>
          </form>
        )}
      </div>
    </details>
  );
}

function Listing({ membersToldAt, membersFault }: NonNullable<ListedConnection["listing"]>) {
  return (
    <p>
      {membersToldAt ? (
        <>
          Hugging Face last listed the members on <DateText date={membersToldAt} withTime />.{" "}
        </>
      ) : (
        "Hugging Face has not listed the members yet. "
      )}
      {membersFault && faults[membersFault]}
    </p>
  );
}
