import type { Member } from "../auth/actor.ts";
import { formAction } from "../auth/seen-as.ts";
import type { MembersFault } from "../database/generated/client.ts";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import type { ListedConnection } from "./connection.ts";

const faults: Record<MembersFault, string> = {
  unavailable: "The last time it did not answer. It is asked again within the hour.",
  refused: "It refuses the token: it was revoked, or has expired. Save another one.",
  unusable:
    "The token is of somebody who is not in this organization, or does not show all of its members. Save another one.",
};

interface TokenFieldsProps {
  actor: Member;
  connection: ListedConnection;
  /** What is wrong with a token that was sent. */
  errors: readonly string[];
}

/** By what Hugging Face tells who the members of a connected organization are, without anybody signing in. */
export function TokenForm({ actor, connection, errors }: TokenFieldsProps) {
  const { subject, name, listing } = connection;
  const id = `field-${subject}-token`;
  const action = (path: string) => formAction(actor, `hugging-face/${subject}/${path}`);
  return (
    <details class="mt-5" open={errors.length > 0}>
      <summary class="btn btn-outline text-base max-sm:w-full">Follow without sign-ins…</summary>
      <div class="mt-4 grid gap-4">
        <p>
          With an access token of one of its members at Hugging Face, we ask twice a day who its
          members are, and as what. A token that may read is enough. It is stored sealed, and nobody
          sees it again.
        </p>
        {listing && <Listing {...listing} />}
        <form class="grid gap-4" method="post" action={action("token")}>
          <div>
            <label class="mb-2 block font-semibold" for={id}>
              {listing ? "Another access token" : "Access token"}
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
          Hugging Face told who its members are on <DateText date={membersToldAt} withTime />.{" "}
        </>
      ) : (
        "Hugging Face has not told yet who its members are. "
      )}
      {membersFault && faults[membersFault]}
    </p>
  );
}
