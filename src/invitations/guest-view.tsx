import type { SignedIn } from "../tenancy/actor.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { displayName, showEmail } from "../identity/display-name.ts";
import { roleMeaning } from "../access/role-meaning.ts";
import { Alert } from "../views/alert.tsx";
import { OrganizationAvatar } from "../views/avatar.tsx";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import { HuggingFace } from "../views/logo.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { roleWithArticle, RoleBadge } from "../views/role-badge.tsx";
import type { Eligibility, ReceivedInvitation } from "./acceptance.ts";
import { invitationError } from "./errors.ts";
import {
  type Invitation,
  invitationPath,
  nameInviter,
  nameRecipient,
  type OpenInvitation,
} from "./invitation.ts";

interface InvitationPageProps extends ReceivedInvitation {
  invitation: OpenInvitation;
  actor: SignedIn | null;
  token: string;
  /** Whether people can sign in with Hugging Face here. */
  hasHuggingFace: boolean;
}

/** `GET /invitations/:token`: the organization, the inviter and the role, with the answers that the reader can give. */
export function InvitationPage(props: InvitationPageProps) {
  const { organization, invitation, actor, eligibility } = props;
  return (
    <div class="mx-auto max-w-2xl">
      <PageHeading
        title={`Join ${organization.name}`}
        mark={<OrganizationAvatar organization={organization} size="large" />}
      >
        <p class="break-name">{nameInviter(invitation)} invites you.</p>
      </PageHeading>
      <div class="grid gap-6 rounded-box border border-base-300 bg-base-100 p-5 sm:p-7">
        <dl class="grid gap-x-8 gap-y-1 sm:grid-cols-[auto_1fr] sm:gap-y-4 [&_dd]:mb-3 sm:[&_dd]:mb-0 [&_dt]:text-base-content/75">
          <dt>Your role</dt>
          <dd>
            <RoleBadge role={invitation.presentRole} /> {roleMeaning[invitation.presentRole]}
          </dd>
          <dt>For</dt>
          <dd class="break-name font-semibold">{describeRecipient(invitation)}</dd>
          <dt>Expires</dt>
          <dd class="font-semibold">
            <DateText date={invitation.expiresAt} withTime />
          </dd>
          {actor && (
            <>
              <dt>Your account</dt>
              <dd class="break-name font-semibold">{describeAccount(actor)}</dd>
            </>
          )}
        </dl>
        {!actor || eligibility === null ? (
          <SignedOut {...props} />
        ) : eligibility === "eligible" ? (
          <Eligible {...props} actor={actor} />
        ) : (
          <NotEligible {...props} actor={actor} eligibility={eligibility} />
        )}
      </div>
    </div>
  );
}

function describeRecipient(invitation: Invitation): string {
  const { allowedDomains } = invitation;
  const recipient = nameRecipient(invitation);
  if (recipient !== null) return recipient;
  if (allowedDomains.length === 0) return "Anyone with this link";
  return `Anyone with a verified email address at ${allowedDomains.join(", ")}`;
}

/** The name of an account, and what tells it apart from others of that name. */
function describeAccount({ user }: SignedIn): string {
  const name = displayName(user);
  const { email, emailVerified: isVerified, username } = user;
  const account = email === null ? username : showEmail(email, { isVerified });
  return account === null || account === name ? name : `${name}, ${account}`;
}

function SignedOut({ invitation, token, hasHuggingFace }: InvitationPageProps) {
  if (invitation.handle !== null && hasHuggingFace) {
    return <SignIn token={token} way="huggingface" tone="primary" />;
  }
  return (
    <div class="grid gap-3">
      <p>Create an account or sign in to join. We’ll bring you back here.</p>
      <div class="grid gap-3 sm:grid-cols-2">
        <SignIn token={token} way="register" tone="primary" />
        <SignIn token={token} way="sign-in" />
      </div>
      {hasHuggingFace && <SignIn token={token} way="huggingface" />}
    </div>
  );
}

const ways = {
  register: "Create an account",
  "sign-in": "Sign in",
  huggingface: "Continue with Hugging Face",
  "other-account": "Use another account",
};

type SignInProps = { token: string; way: keyof typeof ways; tone?: "primary" | "plain" };

/** A form keeps the token out of the address of the sign-in page. */
function SignIn({ token, way, tone = "plain" }: SignInProps) {
  return (
    <form class="grid" method="post" action={invitationPath(token, "sign-in")}>
      <input type="hidden" name="way" value={way} />
      <SubmitButton tone={tone}>
        {way === "huggingface" && <HuggingFace />}
        {ways[way]}
      </SubmitButton>
    </form>
  );
}

function Eligible({
  invitation,
  actor,
  token,
  ownRole,
  organization,
}: InvitationPageProps & { actor: SignedIn }) {
  return (
    <>
      {ownRole && (
        <p class="break-name">
          You already belong to {organization.name} as {roleWithArticle(ownRole)}. If you accept,
          you get the role above.
        </p>
      )}
      <div class="flex flex-wrap gap-3">
        <Answer actor={actor} token={token} act="acceptance" label={`Join ${organization.name}`} />
        {invitation.kind !== "link" && (
          <Answer actor={actor} token={token} act="rejection" label="Decline" tone="plain" />
        )}
      </div>
    </>
  );
}

interface NotEligibleProps extends InvitationPageProps {
  actor: SignedIn;
  eligibility: Exclude<Eligibility, "eligible">;
}

function NotEligible(props: NotEligibleProps) {
  const { eligibility, invitation, actor, token, ownRole, hasAsked, organization } = props;
  const canAsk = invitation.kind !== "link" && ownRole === null;
  const { title, message } = invitationError(`invitation.${eligibility}`);
  return (
    <>
      <Alert kind="warning" title={title}>
        <p>{message}</p>
      </Alert>
      {hasAsked && (
        <p class="break-name">
          You have asked to join {organization.name} with this account. An admin will decide.
        </p>
      )}
      <div class="flex flex-wrap gap-3">
        {eligibility !== "outdated" && <SignIn token={token} way="other-account" tone="primary" />}
        {canAsk && !hasAsked && (
          <Answer
            actor={actor}
            token={token}
            act="request"
            label="Ask an admin to accept this account"
            tone="plain"
          />
        )}
      </div>
    </>
  );
}

type AnswerProps = {
  actor: SignedIn;
  token: string;
  act: string;
  label: string;
  tone?: "primary" | "plain";
};

function Answer({ actor, token, act, label, tone = "primary" }: AnswerProps) {
  const action = accountFormAction(actor, invitationPath(token, act));
  return (
    <form class="max-sm:w-full" method="post" action={action}>
      <SubmitButton tone={tone}>
        <span class="break-name">{label}</span>
      </SubmitButton>
    </form>
  );
}
