import { reauthenticationPath } from "../auth/reauthentication.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { explainMissing, nameSuccessor, type Successor } from "../memberships/ownership.ts";
import { Avatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { Field, FormAlert, type FormErrors, SelectField, SubmitButton } from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import type { Leaving } from "./leaving.ts";
import { confirmationPhrase, planField } from "./schema.ts";

interface AccountDeletionPageProps {
  userId: string;
  leavings: readonly Leaving[];
  /** Whether the person re-authenticated recently. */
  isConfirmed: boolean;
  /** Whether their account at the identity provider is deleted as well. */
  isDeletedAtProvider: boolean;
  /** The address of this page and of its form. */
  path: string;
  values: Readonly<Record<string, unknown>>;
  errors: FormErrors;
}

/** Says what the deletion of an account does, asks for the decisions it needs, and has its form. */
export function AccountDeletionPage(props: AccountDeletionPageProps) {
  const { userId, leavings, isConfirmed, isDeletedAtProvider, path, values, errors } = props;
  const fields = [
    "confirmation",
    ...leavings.map(({ organizationId }) => planField(organizationId)),
  ];
  return (
    <>
      <PageHeading title="Delete your account">
        <p>For good: nobody can bring it back.</p>
      </PageHeading>
      <div class="grid max-w-2xl gap-6">
        <Consequences isDeletedAtProvider={isDeletedAtProvider} />
        <form
          class="grid gap-6"
          method="post"
          action={accountFormAction({ user: { id: userId } }, path)}
        >
          <FormAlert errors={errors} fields={fields} />
          {leavings.length > 0 && (
            <Card id="organizations" title="Your organizations">
              <ul class="grid gap-6">
                {leavings.map((leaving) => (
                  <Departure
                    key={leaving.organizationId}
                    leaving={leaving}
                    isConfirmed={isConfirmed}
                    value={values[planField(leaving.organizationId)]}
                    errors={errors[planField(leaving.organizationId)]}
                  />
                ))}
              </ul>
            </Card>
          )}
          {isConfirmed ? (
            <Card id="confirmation" title="Are you sure?">
              <div class="grid gap-5">
                <Field
                  name="confirmation"
                  label={`Type “${confirmationPhrase}” to confirm`}
                  errors={errors["confirmation"]}
                  required
                />
                <div class="flex flex-wrap items-center gap-x-5 gap-y-3">
                  <SubmitButton tone="danger">Delete my account</SubmitButton>
                  <a class="link" href="/account">
                    Keep it
                  </a>
                </div>
              </div>
            </Card>
          ) : (
            <Card id="confirmation" title="Verify it's you">
              <p class="mb-5">Please sign in again to continue.</p>
              <div class="flex flex-wrap items-center gap-x-5 gap-y-3">
                <a
                  class="btn btn-outline text-base max-sm:w-full"
                  href={reauthenticationPath(path)}
                >
                  Verify it's you
                </a>
                <a class="link" href="/account">
                  Keep my account
                </a>
              </div>
            </Card>
          )}
        </form>
      </div>
    </>
  );
}

function Consequences({ isDeletedAtProvider }: { isDeletedAtProvider: boolean }) {
  return (
    <Card id="consequences" title="What happens">
      <ul class="grid list-disc gap-2.5 ps-5">
        <li>You are signed out everywhere, and leave all of your organizations.</li>
        <li>
          Your name, email address, picture and linked accounts are erased here. What you made for
          an organization stays with it.
        </li>
        <li>
          Organizations keep their audit logs: what you did stays there under “Deleted account”,
          with the network address and browser it was done from.
        </li>
        {isDeletedAtProvider ? (
          <li>
            The account that you sign in with, at our identity provider, is deleted as well. If you
            sign up again, you start from scratch.
          </li>
        ) : (
          <li>
            The account that you sign in with, at our identity provider, stays. But it cannot open
            anything here again.
          </li>
        )}
      </ul>
    </Card>
  );
}

interface DepartureProps {
  leaving: Leaving;
  isConfirmed: boolean;
  value: unknown;
  errors: readonly string[] | undefined;
}

function Departure({ leaving, isConfirmed, value, errors }: DepartureProps) {
  const { organizationId, name, role, effect, successors } = leaving;
  return (
    <li class="flex gap-3.5">
      <Avatar name={name} shape="organization" />
      <div class="grid min-w-0 flex-1 gap-2">
        <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span class="break-name font-semibold">{name}</span>
          <RoleBadge role={role} />
        </p>
        {effect === "left" && <p class="text-base-content/75">You leave it.</p>}
        {effect === "purged" && (
          <p class="text-base-content/75">
            You deleted it before. It is removed now, since nobody else could restore it.
          </p>
        )}
        {effect === "chosen" && (
          <p class="text-base-content/75">
            Only you own it, so you decide what becomes of it
            {isConfirmed ? "." : ", in the next step."}
          </p>
        )}
        {effect === "chosen" && isConfirmed && (
          <SelectField
            id={`field-${planField(organizationId)}`}
            name={planField(organizationId)}
            label="What becomes of it"
            labelDetail={name}
            options={offerPlans(successors)}
            value={typeof value === "string" ? value : ""}
            errors={errors}
            hint={explainPlans(successors)}
          />
        )}
      </div>
    </li>
  );
}

function offerPlans(successors: readonly Successor[]) {
  return [
    { value: "", label: "Please choose…" },
    ...successors.map((each) => ({
      value: each.userId,
      label: `Hand it over to ${nameSuccessor(each)}`,
    })),
    { value: "delete", label: "Delete it, with everything in it" },
  ];
}

function explainPlans(successors: readonly Successor[]): string {
  const deleted =
    "Deleted, it is gone at once and for everybody: without you, nobody could restore it.";
  if (successors.length === 0) return `Nobody else is active in it. ${deleted}`;
  return [deleted, explainMissing(successors)].filter(Boolean).join(" ");
}
