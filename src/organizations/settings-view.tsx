import type { Member } from "../tenancy/actor.ts";
import { reauthenticationPath } from "../auth/reauthentication.ts";
import type { SettingsEntry } from "../tenancy/feature.ts";
import { formAction } from "../tenancy/page-token.ts";
import { longestName } from "../http/name-field.ts";
import { explainMissing, nameSuccessor, type Successor } from "../memberships/ownership.ts";
import { hasPermission } from "../access/roles.ts";
import { Card } from "../views/card.tsx";
import {
  Field,
  type FilledForm,
  FormAlert,
  readField,
  SelectField,
  SubmitButton,
} from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { graceDays } from "./deletion.ts";
import { longestSlug } from "./schema.ts";

interface SettingsPageProps {
  actor: Member;
  entries: readonly SettingsEntry[];
  /** The members who can become the new owner. */
  successors: readonly Successor[];
  /** Whether the actor signed in recently. */
  isConfirmed: boolean;
  form: FilledForm;
}

const fields = ["name", "slug", "userId", "confirmation"];

/** The settings of an organization, each shown to the roles that may change it. */
export function SettingsPage(props: SettingsPageProps) {
  const { form } = props;
  return (
    <>
      <PageHeading title="Settings" />
      <div class="grid max-w-2xl gap-6">
        <FormAlert errors={form.errors} fields={fields} />
        <Name {...props} />
        <Address {...props} />
        <JoinPages {...props} />
        <DangerZone {...props} />
      </div>
    </>
  );
}

function Name({ actor, form }: SettingsPageProps) {
  return (
    <Card id="name" title="Name">
      <form class="grid gap-5" method="post" action={formAction(actor, "settings")}>
        <Field
          name="name"
          label="Name"
          value={readField(form, "name", actor.organization.name)}
          errors={form.errors["name"]}
          autoComplete="organization"
          maxLength={longestName}
          required
        />
        <div>
          <SubmitButton>Save name</SubmitButton>
        </div>
      </form>
    </Card>
  );
}

function Address({ actor, form }: SettingsPageProps) {
  return (
    <Card
      id="address"
      title="Address"
      description="After a change, links to the former address lead here for 90 days. Nobody else can take it during that time."
    >
      <form class="grid gap-5" method="post" action={formAction(actor, "settings")}>
        <Field
          name="slug"
          label="URL"
          value={readField(form, "slug", actor.organization.slug)}
          hint="The part after /o/. Use the letters a to z, digits, and single hyphens between them."
          errors={form.errors["slug"]}
          maxLength={longestSlug}
          required
        />
        <div>
          <SubmitButton tone="plain">Change address</SubmitButton>
        </div>
      </form>
    </Card>
  );
}

/** The pages that say who may join without an invitation, each shown to those who may open it. */
function JoinPages({ actor, entries }: SettingsPageProps) {
  const open = entries.filter(({ permission }) => hasPermission(actor.role, permission));
  if (open.length === 0) return null;
  return (
    <Card id="join-options" title="Ways to join" description="Who can join without an invitation.">
      <ul class="grid gap-4">
        {open.map(({ label, text, path }) => (
          <li key={path}>
            <a class="link font-semibold" href={organizationPath(actor.organization.slug) + path}>
              {label}
            </a>
            <p class="text-base-content/75">{text}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** The acts that only owners may do. */
function DangerZone(props: SettingsPageProps) {
  const { role } = props.actor;
  const mayTransfer = hasPermission(role, "organization:transfer");
  const mayDelete = hasPermission(role, "organization:delete");
  if (!mayTransfer && !mayDelete) return null;
  return (
    <section class="grid gap-4 pt-6" aria-labelledby="danger-title">
      <h2
        id="danger-title"
        class="flex items-center gap-2 text-xl font-bold tracking-tight text-error"
      >
        <Icon name="triangleAlert" class="size-6" />
        Danger zone
      </h2>
      {mayTransfer && <Ownership {...props} />}
      {mayDelete && <Deletion {...props} />}
    </section>
  );
}

function Ownership(props: SettingsPageProps) {
  const { actor, successors, isConfirmed } = props;
  return (
    <Card
      id="ownership"
      title="Transfer ownership"
      description="You become an admin; only the new owner can change that."
      isDangerous
    >
      {successors.length === 0 ? (
        <p>Nobody else here can become the owner yet.</p>
      ) : isConfirmed ? (
        <Transfer {...props} />
      ) : (
        <>
          <p class="mb-5">Please sign in again to continue.</p>
          <a
            class="btn btn-outline text-base max-sm:w-full"
            href={reauthenticationPath(`${organizationPath(actor.organization.slug)}/settings`)}
          >
            Verify it's you
          </a>
        </>
      )}
    </Card>
  );
}

function Transfer({ actor, successors, form }: SettingsPageProps) {
  return (
    <form class="grid gap-5" method="post" action={formAction(actor, "ownership")}>
      <SelectField
        name="userId"
        label="New owner"
        options={[
          { value: "", label: "Choose a person" },
          ...successors.map((each) => ({ value: each.userId, label: nameSuccessor(each) })),
        ]}
        value={readField(form, "userId")}
        errors={form.errors["userId"]}
        hint={explainMissing(successors)}
      />
      <div>
        <SubmitButton tone="danger">Transfer ownership</SubmitButton>
      </div>
    </form>
  );
}

function Deletion({ actor, form }: SettingsPageProps) {
  const { slug } = actor.organization;
  return (
    <Card
      id="deletion"
      title="Delete this organization"
      isDangerous
      description={`It stops working immediately. For ${graceDays} days its owners can restore it; then everything in it is removed for good.`}
    >
      <details open={form.errors["confirmation"] !== undefined}>
        <summary class="btn btn-outline btn-error text-base max-sm:w-full">
          Delete organization…
        </summary>
        <form class="mt-5 grid gap-5" method="post" action={formAction(actor, "deletion")}>
          <Field
            name="confirmation"
            label={`Type ${slug} to confirm`}
            value={readField(form, "confirmation")}
            errors={form.errors["confirmation"]}
            required
          />
          <div>
            <SubmitButton tone="danger">Delete organization</SubmitButton>
          </div>
        </form>
      </details>
    </Card>
  );
}
