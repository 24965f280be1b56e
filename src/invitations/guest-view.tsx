import type { SignedIn } from "../tenancy/actor.ts";
import { accountFormAction } from "../tenancy/page-token.ts";
import { displayName, showEmail } from "../identity/display-name.ts";
import { roleMeaning } from "../access/role-meaning.ts";
import type { Role } from "../access/roles.ts";
import { Alert } from "../views/alert.tsx";
import { Avatar } from "../views/avatar.tsx";
import { DateText } from "../views/date-text.tsx";
import { SubmitButton } from "../views/form.tsx";
import { HuggingFace } from "../views/logo.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { nameRole, RoleBadge } from "../views/role-badge.tsx";
import { type Invitation, invitationError, invitationPath, nameRecipient } from "./invitation.ts";
import type { OpenedInvitation, Verdict } from "./open.ts";

interface InvitationPageProps extends Omit<OpenedInvitation, "open"> {
  open: Invitation & { presentRole: Role };
  actor: SignedIn | null;
  token: string;
  /** Whether people can sign in with Hugging Face here. */
  hasHuggingFace: boolean;
}

/** `GET /invitations/:token`: which organization, who invites, as what; and what to do about it. */
export function InvitationPage(props: InvitationPageProps) {
  const { organization, open, actor, verdict } = props;
  const inviter = displayName(open.inviter ?? {});
  return (
    <div class="mx-auto max-w-2xl">
      <PageHeading
        title={`Join ${organization.name}`}
        mark={<Avatar name={organization.name} shape="organization" size="large" />}
      >
        <p class="break-name">{inviter} invites you.</p>
      </PageHeading>
      <div class="grid gap-6 rounded-box border border-base-300 bg-base-100 p-5 sm:p-7">
        <dl class="grid gap-x-8 gap-y-1 sm:grid-cols-[auto_1fr] sm:gap-y-4 [&_dd]:mb-3 sm:[&_dd]:mb-0 [&_dt]:text-base-content/75">
          <dt>You will be</dt>
          <dd>
            <RoleBadge role={open.presentRole} /> {roleMeaning[open.presentRole]}
          </dd>
          <dt>For</dt>
          <dd class="break-name font-semibold">{describeRecipient(open)}</dd>
          <dt>Until</dt>
          <dd class="font-semibold">
            <DateText date={open.expiresAt} withTime />
          </dd>
          {actor && (
            <>
              <dt>You are</dt>
              <dd class="break-name font-semibold">{nameAccount(actor)}</dd>
            </>
          )}
        </dl>
        {!actor || verdict === null ? (
          <SignedOut {...props} />
        ) : verdict === "fits" ? (
          <Fits {...props} actor={actor} />
        ) : (
          <DoesNotFit {...props} actor={actor} verdict={verdict} />
        )}
      </div>
    </div>
  );
}

function describeRecipient(invitation: Invitation): string {
  const { allowedDomains } = invitation;
  const recipient = nameRecipient(invitation);
  if (recipient !== null) return recipient;
  if (allowedDomains.length === 0) return "Anybody with this link";
  return `Anybody with a verified address at ${allowedDomains.join(", ")}`;
}

/** As what somebody is signed in: their name, and what tells them apart from others of that name. */
function nameAccount({ user }: SignedIn): string {
  const name = displayName(user);
  const { email, emailVerified: isVerified, username } = user;
  const account = email === null ? username : showEmail(email, { isVerified });
  return account === null || account === name ? name : `${name}, ${account}`;
}

function SignedOut({ open, token, hasHuggingFace }: InvitationPageProps) {
  if (open.handle !== null && hasHuggingFace) {
    return <SignIn token={token} way="huggingface" tone="primary" />;
  }
  return (
    <div class="grid gap-3">
      <p>To join, create an account or sign in. You come back to this page.</p>
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

/** A form, so that no address but the invitation's own has its token in it. */
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

function Fits({
  open,
  actor,
  token,
  ownRole,
  organization,
}: InvitationPageProps & { actor: SignedIn }) {
  return (
    <>
      {ownRole && (
        <p class="break-name">
          You belong to {organization.name} already, as {nameRole(ownRole).toLowerCase()}. Accepting
          gives you the role above.
        </p>
      )}
      <div class="flex flex-wrap gap-3">
        <Answer actor={actor} token={token} act="acceptance" label={`Join ${organization.name}`} />
        {open.kind !== "link" && (
          <Answer actor={actor} token={token} act="rejection" label="Decline" tone="plain" />
        )}
      </div>
    </>
  );
}

type MisfitProps = InvitationPageProps & { actor: SignedIn; verdict: Exclude<Verdict, "fits"> };

function DoesNotFit({ verdict, open, actor, token, ownRole, hasAsked, organization }: MisfitProps) {
  const canAsk = open.kind !== "link" && ownRole === null;
  const { title, message } = invitationError(`invitation.${verdict}`);
  return (
    <>
      <Alert kind="warning" title={title}>
        <p>{message}</p>
      </Alert>
      {hasAsked && (
        <p class="break-name">
          You have asked to join {organization.name} with this account. One of its admins decides.
        </p>
      )}
      <div class="flex flex-wrap gap-3">
        {verdict !== "outdated" && <SignIn token={token} way="other-account" tone="primary" />}
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
