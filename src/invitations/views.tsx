import type { ComponentChildren } from "preact";

import { LiveList } from "../live/live-list.tsx";
import type { Member } from "../tenancy/actor.ts";
import { formAction } from "../tenancy/page-token.ts";
import { type Role, rolesToGive, rolesToGiveByRule } from "../access/roles.ts";
import { Alert } from "../views/alert.tsx";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import {
  Field,
  type FilledForm,
  FormAlert,
  readField,
  SelectField,
  SubmitButton,
  TextAreaField,
} from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { RoleBadge } from "../views/role-badge.tsx";
import { RoleField } from "../views/role-field.tsx";
import {
  describeUse,
  type Invitation,
  mailFaults,
  nameInviterToAdmins,
  nameRecipient,
} from "./invitation.ts";
import { ReceiptCard } from "./receipt-view.tsx";
import type { Receipt } from "./receipt.ts";
import { lifetimes } from "./schema.ts";

interface InvitationsPageProps {
  actor: Member;
  invitations: readonly Invitation[];
  /** The address of this page. */
  here: string;
  /** The address of the next page, if there is one. */
  next: string | undefined;
  /** The result of the form that led here. */
  receipt: Receipt | null;
  /** Why an invitation was not sent again. */
  problem: string | undefined;
  inviteForm: FilledForm;
  linkForm: FilledForm;
}

/** `GET /o/:slug/invitations`: the pending invitations, and the forms to invite more people. */
export function InvitationsPage(props: InvitationsPageProps) {
  const { actor, invitations, here, next, receipt, problem } = props;
  return (
    <>
      <PageHeading
        title="Invitations"
        action={
          // Below the list on a narrow screen, the form is out of sight.
          <a class="btn btn-primary text-base max-sm:w-full lg:hidden" href="#invite">
            Invite people
          </a>
        }
      >
        <p class="break-name">
          People invited to {actor.organization.name} who have not joined yet.
        </p>
      </PageHeading>
      <div class="grid grid-cols-1 items-start gap-8 lg:grid-cols-[1.5fr_1fr]">
        <div class="grid grid-cols-1 gap-6">
          {receipt && <ReceiptCard receipt={receipt} />}
          {problem !== undefined && (
            <Alert kind="error" title="The invitation was not sent again">
              <p>{problem}</p>
            </Alert>
          )}
          <LiveList list="invitations" organization={actor.organization} href={here}>
            {invitations.length > 0 ? (
              <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
                {invitations.map((invitation) => (
                  <InvitationRow key={invitation.id} actor={actor} invitation={invitation} />
                ))}
              </ul>
            ) : (
              <EmptyState icon="people" title="No pending invitations">
                <p>People who accept an invitation appear among the members.</p>
              </EmptyState>
            )}
            {next !== undefined && (
              <a class="btn btn-outline justify-self-start text-base" href={next}>
                Older
              </a>
            )}
          </LiveList>
        </div>
        <div class="grid grid-cols-1 gap-6">
          <InvitePeople {...props} />
          <MakeLink {...props} />
        </div>
      </div>
    </>
  );
}

const acts = {
  email: { resend: "Send again", revocation: "Withdraw" },
  hugging_face: { resend: "New link", revocation: "Withdraw" },
  link: { resend: "New link", revocation: "Turn off" },
};

const actsAfterFault = { ...acts.email, resend: "Send again and show link" };

function InvitationRow({ actor, invitation }: { actor: Member; invitation: Invitation }) {
  const { id, kind, role, presentRole, inviter, expiresAt, status, mailFault } = invitation;
  const name = nameRecipient(invitation) ?? "Invite link";
  const act = (path: string) => formAction(actor, `invitations/${id}/${path}`);
  return (
    <li class="grid gap-3 px-4 py-4 sm:px-6">
      <div>
        <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span class="break-name font-semibold">{name}</span>
          <RoleBadge role={presentRole ?? role} />
          {(presentRole === null || status === "expired") && (
            <span class="badge badge-sm h-auto border-warning bg-transparent font-medium">
              {status === "expired" ? "Expired" : "Inviter can no longer invite"}
            </span>
          )}
        </p>
        <p class="break-name mt-0.5 text-sm text-base-content/75">
          {inviter && `Invited by ${nameInviterToAdmins(inviter)} · `}
          {status === "expired" ? "Expired on " : "Expires on "}
          <DateText date={expiresAt} />
          {` · ${describeUse(invitation)}`}
        </p>
        {mailFault !== null && <p class="mt-1.5 text-sm font-medium">{mailFaults[mailFault]}</p>}
      </div>
      <div class="flex flex-wrap gap-3">
        {Object.entries(mailFault === null ? acts[kind] : actsAfterFault).map(([path, label]) => (
          <form key={path} class="max-sm:w-full" method="post" action={act(path)}>
            <SubmitButton tone="plain">
              {label}
              <span class="sr-only">: {name}</span>
            </SubmitButton>
          </form>
        ))}
      </div>
    </li>
  );
}

function InvitePeople({ actor, inviteForm: form }: InvitationsPageProps) {
  return (
    <TermsForm
      id="invite"
      title="Invite people"
      action={formAction(actor, "invitations")}
      roles={rolesToGive(actor)}
      form={form}
    >
      <TextAreaField
        name="recipients"
        label="Email addresses or Hugging Face usernames"
        hint="Up to 50, such as ada@example.com, @grace. You can paste them from an email."
        rows={4}
        maxLength={10_000}
        value={readField(form, "recipients")}
        errors={form.errors["recipients"]}
      />
    </TermsForm>
  );
}

const linkFields = [
  ["maxUses", "Maximum uses", "Leave it empty for any number of uses."],
  ["domains", "Limit to email domains", "Such as example.com. Leave it empty for anyone."],
] as const;

function MakeLink({ actor, linkForm: form }: InvitationsPageProps) {
  return (
    <TermsForm
      id="link"
      title="Create invite link"
      action={formAction(actor, "invitation-links")}
      roles={rolesToGiveByRule(actor)}
      form={form}
    >
      {linkFields.map(([name, label, hint]) => (
        <Field
          key={name}
          name={name}
          label={label}
          hint={hint}
          value={readField(form, name)}
          errors={form.errors[name]}
        />
      ))}
    </TermsForm>
  );
}

interface TermsFormProps {
  id: string;
  title: string;
  action: string;
  roles: readonly Role[];
  form: FilledForm;
  children: ComponentChildren;
}

/** A form with the recipients, the role and the lifetime of invitations. */
function TermsForm({ id, title, action, roles, form, children }: TermsFormProps) {
  const field = (name: string, preset: string) => ({
    id: `${id}-${name}`,
    value: readField(form, name, preset),
    errors: form.errors[name],
  });
  return (
    <Card id={id} title={title}>
      <form class="grid gap-5" method="post" action={action}>
        <FormAlert
          errors={form.errors}
          fields={["recipients", "role", "days", "maxUses", "domains"]}
        />
        {children}
        <RoleField roles={roles} {...field("role", "member")} />
        <SelectField
          name="days"
          label="Expires after"
          options={lifetimes}
          {...field("days", "7")}
        />
        <div>
          <SubmitButton>{title}</SubmitButton>
        </div>
      </form>
    </Card>
  );
}
