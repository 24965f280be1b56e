import type { VNode } from "preact";
import { createProviderLinks } from "../../src/account/provider-links.ts";
import { AccountPage } from "../../src/account/views.tsx";
import { ErrorPage } from "../../src/views/error-page.tsx";
import { LandingPage } from "../../src/landing/views.tsx";
import { OrganizationsPage } from "../../src/organizations/views.tsx";
import { SignOutPage } from "../../src/auth/views.tsx";
import type { Viewer } from "../../src/views/viewer.ts";
import { productName } from "../../src/runtime/product.ts";
import {
  CheckboxField,
  Field,
  SelectField,
  SubmitButton,
  TextAreaField,
} from "../../src/views/form.tsx";
import { PageHeading } from "../../src/views/page-heading.tsx";
import { faces, showHome } from "./home-samples.tsx";
import { organizationGallery } from "./organization-gallery.tsx";
import {
  acme,
  ada,
  createdAt,
  longName,
  organizations,
  owner,
  reader,
  sections,
  show,
} from "./samples.tsx";

const links = createProviderLinks({
  endpoint: "https://id.example",
  baseUrl: "https://app.example",
});

const noErrors = { values: { name: "" }, errors: {} };
const newcomer: Viewer = {
  name: "kim_7",
  email: null,
  avatarUrl: null,
  timeZone: null,
  organizations: [],
};

function showError(
  status: number,
  title: string,
  message: string,
  action?: { label: string; href: string },
): VNode {
  return show(
    <ErrorPage
      error={{ status, title, message, options: action ? { action } : {} }}
      requestId="0198c3a2-7b1e-7c55-9a2f-3d1f0c9be7aa"
    />,
    { title, viewer: null },
  );
}

/** Every page in each of its states, with sample people. */
export const gallery: Readonly<Record<string, VNode>> = {
  landing: show(<LandingPage hasHuggingFace />, { title: productName, viewer: null }),
  // The fields that docs/adding-a-resource.md offers for a further column. No page of ours has all of them.
  fields: show(
    <form class="grid max-w-md gap-5" method="post" action="/fields">
      <PageHeading title="Fields" />
      <Field name="website" type="url" label="Website" hint="Optional." />
      <Field name="estimate" type="number" label="Estimate" value="many" errors={["A number."]} />
      <TextAreaField
        name="description"
        label="Description"
        value={longName}
        rows={5}
        maxLength={9}
      />
      <SelectField name="status" label="Status" options={[{ value: "done", label: "Done" }]} />
      <CheckboxField name="isUrgent" label="Urgent" value="on" />
      <CheckboxField name="isLoud" label={longName} value="" hint="It rings, too." />
      <CheckboxField
        name="isOdd"
        label="Odd"
        value=""
        errors={["Please check this or leave it."]}
      />
      <SubmitButton>Save</SubmitButton>
    </form>,
    { title: "Fields", viewer: ada },
  ),
  organizations: show(<OrganizationsPage organizations={organizations} form={noErrors} />, {
    title: "Your organizations",
    viewer: ada,
    notice: "You left Harbour Health.",
  }),
  "organizations-invalid": show(
    <OrganizationsPage
      organizations={[acme]}
      form={{
        values: { name: "A" },
        errors: {
          name: ["Use at least 2 characters.", "“A” is taken already."],
          plan: ["You can own 10 organizations at most."],
        },
      }}
    />,
    { title: "Your organizations", viewer: ada },
  ),
  "organizations-join-options": show(
    <OrganizationsPage
      organizations={[]}
      joinOptions={[
        {
          organizationName: "Kiln Street Studio",
          text: "Ada invites you to be a member.",
          actions: [
            { label: "Join", action: "/invitations/1/acceptance?account=1", tone: "primary" },
            { label: "Decline", action: "/invitations/1/rejection?account=1", tone: "plain" },
          ],
        },
        {
          organizationName: longName,
          text: "You asked to join. An admin will decide.",
          actions: [
            { label: "Cancel request", action: "/organizations/2/withdrawal", tone: "plain" },
          ],
        },
      ]}
      form={noErrors}
    />,
    { title: "Your organizations", viewer: newcomer },
  ),
  "organizations-none": show(<OrganizationsPage organizations={[]} form={noErrors} />, {
    title: "Your organizations",
    viewer: newcomer,
    notice: "Welcome! Your account is ready.",
  }),
  "organization-home": show(
    showHome(owner, { people: faces(12, "Ada Okafor", "Grace Lin", null), isBehind: true }),
    { title: "Acme Robotics", viewer: ada, current: acme, sections: sections("Home") },
  ),
  "organization-home-long": show(
    showHome(
      { ...reader, organization: { ...reader.organization, name: longName } },
      { people: faces(1, longName), done: true },
    ),
    {
      title: longName,
      viewer: ada,
      current: organizations[3],
      sections: sections("Home"),
      notice: "Your role here changed to viewer.",
    },
  ),
  ...organizationGallery,
  account: show(
    <AccountPage
      account={{
        name: "Ada Okafor",
        username: "ada",
        email: "ada@acme.example",
        emailVerified: true,
        avatarUrl: null,
        timeZone: null,
        hasOwnEmail: true,
        createdAt,
        identities: [
          {
            provider: "huggingface",
            handle: "ada-okafor",
            name: "Ada Okafor",
            email: null,
            provenEmail: null,
          },
        ],
        singleSignOn: [{ issuer: "https://id.acme.example", account: "ada@acme.example" }],
      }}
      organizations={organizations}
      links={links}
    />,
    { title: "Your account", viewer: ada },
  ),
  "account-unverified": show(
    <AccountPage
      account={{
        name: "Grace",
        username: null,
        email: "grace.with.a.very.long.address.indeed.for.a.phone@subdomain.example.org",
        emailVerified: false,
        avatarUrl: "https://images.example/missing.png",
        timeZone: null,
        hasOwnEmail: true,
        createdAt,
        identities: [
          { provider: "github", handle: null, name: "Grace", email: null, provenEmail: null },
        ],
        singleSignOn: [],
      }}
      organizations={[acme]}
      links={links}
    />,
    {
      title: "Your account",
      viewer: { ...newcomer, name: "Grace", avatarUrl: "https://images.example/missing.png" },
    },
  ),
  "account-bare": show(
    <AccountPage
      account={{
        name: "kim_7",
        username: "kim_7",
        email: null,
        emailVerified: false,
        avatarUrl: null,
        timeZone: null,
        hasOwnEmail: true,
        createdAt,
        identities: [],
        singleSignOn: [],
      }}
      organizations={[]}
      links={links}
    />,
    {
      title: "Your account",
      viewer: newcomer,
      notice: "That account could not be linked.",
    },
  ),
  "sign-out": show(<SignOutPage />, { title: "Sign out", viewer: ada }),
  "error-400": showError(
    400,
    "This sign-in did not finish",
    "The link was used before, is too old, or was opened in another browser. Nothing is lost: start again.",
    { label: "Start again", href: "/sign-in" },
  ),
  "error-404": showError(
    404,
    "Nothing at this address",
    "It may have moved, or it may not be yours to see.",
  ),
  "error-503": showError(
    503,
    "Sign-in is not available right now",
    "The service that signs people in does not answer. People who are signed in can carry on; try again in a minute.",
    { label: "Try again", href: "/sign-in" },
  ),
};
