import * as overview from "../../../dev/logto/account-pages/overview-page.tsx";
import * as account from "../../../dev/logto/account-pages/pages.tsx";
import * as openId from "../../../dev/logto/oidc/pages.tsx";
import * as messages from "../../../dev/logto/pages/message-pages.tsx";
import * as entry from "../../../dev/logto/pages/sign-in-page.tsx";
import * as step from "../../../dev/logto/pages/step-pages.tsx";
import * as huggingFaceChanges from "../../../dev/hugging-face/change-pages.tsx";
import * as huggingFace from "../../../dev/hugging-face/pages.tsx";
import { World } from "../../../dev/hugging-face/world.ts";
import { cast } from "../../../dev/demo/cast.ts";
import * as mail from "../../../dev/mail/pages.tsx";
import { renderSamples } from "../../../dev/mail/rendered-samples.ts";
import * as mailSamples from "../../../dev/mail/samples-page.tsx";

const long = "Donaudampfschifffahrtsgesellschaftskapitänin@unternehmen-mit-langem-namen.example";
const identifier = { type: "email", value: long } as const;
const fault = "Incorrect account or password. Please check your input.";
const method = { password: true, verificationCode: true, isPasswordPrimary: true };

/** A page of the Logto stand-in with everything that it can have. */
const frame = {
  settings: {
    signInMode: "SignInAndRegister" as const,
    signIn: {
      methods: [
        { identifier: "username" as const, ...method },
        { identifier: "email" as const, ...method },
      ],
    },
    signUp: { identifiers: ["email" as const], password: true, verify: true },
    socialSignIn: {},
    socialSignInConnectorTargets: ["huggingface"],
    mfa: { factors: ["Totp"], policy: "UserControlled" },
    singleSignOnEnabled: true,
    unknownSessionRedirectUrl: null,
  },
  action: "/here",
  search: "?app_id=x",
  formToken: "token",
  hasHuggingFace: true,
  demoPeople: cast,
  hint: long,
};
const typed = { identifier: long, fault };
const social = { connectorId: "x", profile: { sub: "1", email: long, email_verified: true } };
const accountFrame = { action: "/here", formToken: "token", fault };
const user = {
  username: "ada",
  name: "Ada Byron",
  avatar: null,
  primaryEmail: long,
  passwordDigest: "x",
  identities: {},
};

const world = new World();
const [, , stranger = never(), katherine = never()] = world.people;
const [organization = never()] = world.organizations;
const parameters = new URLSearchParams({ client_id: "x" });
const request = {
  application: { clientId: "x", clientSecret: "", name: "Acme Cloud", redirectUris: [] },
  redirectUri: "http://localhost:3000/callback",
  scopes: ["openid", "profile", "email", "read-memberships"],
  state: undefined,
  nonce: undefined,
  codeChallenge: undefined,
  parameters,
};

const caught = {
  id: 1,
  receivedAt: new Date("2026-11-30T08:00:00Z"),
  envelope: { from: "no-reply@example.test", to: [long] },
  from: '"Acme Cloud" <no-reply@example.test>',
  to: long,
  subject: `${long} invites you to Acme Robotics`,
  text: "View the invitation:\nhttp://localhost:3000/invitations/Zc5yYhKnOQe3Pq0m7dUuJ4xW2t",
  html: "<p>View the invitation</p>",
  headers: [`To: ${long}`, "Subject: x"],
};

/** The functions of a file, by its path. */
type Pages = Record<string, Record<string, () => string | Promise<string>>>;

/** Every page that a stand-in shows, by the file and the function that renders it. */
export const standInPages: Pages = {
  "dev/logto/pages/sign-in-page.tsx": {
    renderSignInPage: () => entry.renderSignInPage(frame, {}, typed),
    renderRegisterPage: () => entry.renderRegisterPage(frame, {}, typed),
  },
  "dev/logto/pages/step-pages.tsx": {
    renderPasswordPage: () => step.renderPasswordPage(frame, { identifier }, typed),
    renderNewPasswordPage: () => step.renderNewPasswordPage(frame, {}, typed),
    renderCodePage: () => step.renderCodePage(frame, {}, typed),
    renderUsernamePage: () => step.renderUsernamePage(frame, {}, typed),
    renderEmailPage: () => step.renderEmailPage(frame, {}, typed),
    renderLinkPage: () => step.renderLinkPage(frame, { social }, typed),
    renderSingleSignOnPage: () => step.renderSingleSignOnPage(frame, {}, typed),
    renderFactorsPage: () => step.renderFactorsPage(frame, {}, typed),
    renderTotpPage: () => step.renderTotpPage(frame, {}, typed),
  },
  "dev/logto/pages/message-pages.tsx": {
    renderUnknownSessionPage: () => messages.renderUnknownSessionPage(),
    renderLostPage: () => messages.renderLostPage("Something is missing"),
    renderFaultPage: () => messages.renderFaultPage(fault),
  },
  "dev/logto/oidc/pages.tsx": {
    // The page submits its form at once, and one of a dialog leads nowhere.
    renderSignOutPage: () =>
      openId.renderSignOutPage('<form id="op.logoutForm" method="dialog"></form>'),
    renderSignedOutPage: () => openId.renderSignedOutPage(),
    renderDevicePage: () => openId.renderDevicePage(),
  },
  "dev/logto/account-pages/pages.tsx": {
    renderNotFoundPage: () => account.renderNotFoundPage(),
    renderNotAllowedPage: () => account.renderNotAllowedPage(),
    renderUnknownConnectorPage: () => account.renderUnknownConnectorPage(),
    renderNoMethodPage: () => account.renderNoMethodPage(),
    renderFaultPage: () => account.renderFaultPage(fault),
    renderDonePage: () => account.renderDonePage("http://localhost:3000/account"),
    renderProofPage: () => account.renderProofPage(accountFrame, user, false),
    renderUsernamePage: () => account.renderUsernamePage(accountFrame, "ada"),
    renderEmailPage: () => account.renderEmailPage(accountFrame, long),
    renderCodePage: () => account.renderCodePage(accountFrame, long),
    renderPasswordPage: () => account.renderPasswordPage(accountFrame),
    renderAuthenticatorPage: () =>
      account.renderAuthenticatorPage(accountFrame, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
    renderRemovalPage: () => account.renderRemovalPage(accountFrame),
    renderProfilePage: () => account.renderProfilePage(accountFrame, user),
  },
  "dev/logto/account-pages/overview-page.tsx": {
    renderOverviewPage: () =>
      overview.renderOverviewPage(user, { connectorId: "huggingface", hasApp: true }),
  },
  "dev/hugging-face/pages.tsx": {
    renderPeoplePage: () => huggingFace.renderPeoplePage(world.people, request),
    renderConsentPage: () => huggingFace.renderConsentPage(request, katherine),
    renderFrontPage: () => huggingFace.renderFrontPage(world.people),
    renderFaultPage: () => huggingFace.renderFaultPage("The application is unknown."),
  },
  "dev/hugging-face/change-pages.tsx": {
    renderProfilePage: () => huggingFaceChanges.renderProfilePage(world, stranger),
    renderOrganizationPage: () => huggingFaceChanges.renderOrganizationPage(world, organization),
  },
  "dev/mail/pages.tsx": {
    renderListPage: () =>
      mail.renderListPage([caught], { smtpUrl: "smtp://127.0.0.1:3025", isStill: false }),
    renderMailPage: () => mail.renderMailPage(caught),
  },
  "dev/mail/samples-page.tsx": {
    renderSamplesPage: async () => mailSamples.renderSamplesPage(await renderSamples()),
  },
};

function never(): never {
  throw new Error("The Hugging Face stand-in has fewer people than this.");
}
