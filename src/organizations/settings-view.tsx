import type { ComponentChildren } from "preact";

import type { Member } from "../tenancy/actor.ts";
import { reauthenticationPath } from "../auth/reauthentication.ts";
import { describeOrganization } from "../tenancy/describe-viewer.ts";
import { formAction } from "../tenancy/page-token.ts";
import { longestName } from "../http/name-field.ts";
import { explainMissing, nameSuccessor, type Successor } from "../memberships/ownership.ts";
import { hasPermission } from "../access/roles.ts";
import { pictureFile } from "../pictures/picture-field.ts";
import { PictureForm } from "../pictures/upload-view.tsx";
import { OrganizationAvatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import {
  Field,
  type FilledForm,
  FormAlert,
  readField,
  SelectField,
  SubmitButton,
} from "../views/form.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { settingsPath } from "./paths.ts";
import { graceDays } from "./deletion.ts";
import { longestSlug } from "./schema.ts";

interface SettingsPageProps {
  actor: Member;
  /** The members who can become the new owner. */
  successors: readonly Successor[];
  /** Whether the actor signed in recently. */
  isConfirmed: boolean;
  form: FilledForm;
}

const fields = ["name", pictureFile.field, "slug", "userId", "confirmation"];

/** The settings of an organization, each shown to the roles that may change it. */
export function SettingsPage(props: SettingsPageProps) {
  const { actor, form } = props;
  const mayTransfer = hasPermission(actor.role, "organization:transfer");
  const mayDelete = hasPermission(actor.role, "organization:delete");
  return (
    <>
      <PageHeading title="Settings" />
      <div class="grid max-w-2xl gap-8">
        <FormAlert errors={form.errors} fields={fields} />
        <Card id="general" title="General">
          <div class="grid gap-7">
            <Name {...props} />
            <Picture {...props} />
            <Address {...props} />
          </div>
        </Card>
        {(mayTransfer || mayDelete) && (
          <Card id="danger" title="Danger zone" tone="danger">
            <div class="grid gap-6 [&>*+*]:border-t [&>*+*]:border-base-300 [&>*+*]:pt-6">
              {mayTransfer && <Ownership {...props} />}
              {mayDelete && <Deletion {...props} />}
            </div>
          </Card>
        )}
      </div>
    </>
  );
}

function Name({ actor, form }: SettingsPageProps) {
  return (
    <form class="grid gap-4" method="post" action={formAction(actor, "settings")}>
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
  );
}

function Picture({ actor, form }: SettingsPageProps) {
  const organization = describeOrganization(actor);
  return (
    <section id="picture" class="grid gap-4" aria-labelledby="picture-title">
      <div>
        <h3 id="picture-title" class="font-semibold">
          Picture
        </h3>
        <p class="mt-0.5 text-base-content/75">
          Shown beside the name. Without a picture, the initial appears.
        </p>
      </div>
      <PictureForm
        avatar={<OrganizationAvatar organization={organization} size="large" />}
        action={formAction(actor, "settings/picture")}
        removal={organization.picture ? formAction(actor, "settings/picture/removal") : null}
        form={form}
      />
    </section>
  );
}

function Address({ actor, form }: SettingsPageProps) {
  return (
    <form class="grid gap-4" method="post" action={formAction(actor, "settings")}>
      <Field
        name="slug"
        label="URL"
        value={readField(form, "slug", actor.organization.slug)}
        hint="What follows /o/ in every link: the letters a to z, digits, and single hyphens. Links to the present URL lead to the new one for 90 days, and nobody else can take it during that time."
        errors={form.errors["slug"]}
        maxLength={longestSlug}
        required
      />
      <div>
        <SubmitButton tone="plain">Change URL</SubmitButton>
      </div>
    </form>
  );
}

interface DangerProps {
  id: string;
  title: string;
  text: string;
  children: ComponentChildren;
}

/** An act that cannot be undone by the person who does it. */
function Danger({ id, title, text, children }: DangerProps) {
  return (
    <section id={id} class="grid gap-4" aria-labelledby={`${id}-title`}>
      <div>
        <h3 id={`${id}-title`} class="font-semibold">
          {title}
        </h3>
        <p class="mt-0.5 text-base-content/75">{text}</p>
      </div>
      {children}
    </section>
  );
}

function Ownership(props: SettingsPageProps) {
  const { actor, successors, isConfirmed } = props;
  return (
    <Danger
      id="ownership"
      title="Transfer ownership"
      text="You become an admin; only the new owner can change that."
    >
      {successors.length === 0 ? (
        <p>There is nobody else here yet to transfer this organization to.</p>
      ) : isConfirmed ? (
        <Transfer {...props} />
      ) : (
        <div class="grid justify-items-start gap-4">
          <p>Please sign in again to continue.</p>
          <a
            class="btn btn-outline text-base max-sm:w-full"
            href={reauthenticationPath(settingsPath(actor.organization.slug))}
          >
            Verify it’s you
          </a>
        </div>
      )}
    </Danger>
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
    <Danger
      id="deletion"
      title="Delete this organization"
      text={`It stops working immediately. For ${graceDays} days its owners can restore it; then everything in it is removed for good.`}
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
    </Danger>
  );
}
