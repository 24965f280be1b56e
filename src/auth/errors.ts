import { type AppError, defineErrors, type ErrorAction } from "../http/errors.ts";
import { withQuery } from "../http/with-query.ts";
import { OpenIdError, type OpenIdErrorCode } from "../relying-party/error.ts";
import { reauthenticationPath } from "./reauthentication.ts";

const entries = defineErrors({
  "sign_in.unavailable": {
    status: 503,
    title: "Sign-in is not available right now",
    detail:
      "Our identity provider is not responding. If you are signed in already, you can keep working. Please try again in a minute.",
  },
  "sign_in.untrusted_answer": {
    status: 502,
    title: "Sign-in did not work",
    detail:
      "Our identity provider gave an answer that we cannot trust, so we did not sign you in. Please try again. If it happens again, send us the id below.",
  },
  "sign_in.interrupted": {
    status: 503,
    title: "Sign-in was interrupted",
    detail:
      "Our database is not responding, so we could not sign you in. Please try again shortly.",
  },
  "sign_in.clock_skew": {
    status: 502,
    title: "Sign-in did not work",
    detail:
      "The clocks of this server and of our identity provider differ by more than five minutes. The people who run this site need to set the server’s clock.",
  },
  "sign_in.spent": {
    status: 400,
    title: "This sign-in cannot be finished",
    detail:
      "It was started in another browser, was used already, or expired after ten minutes. Nothing was changed.",
  },
  "sign_in.lost": {
    status: 400,
    title: "This sign-in cannot go on",
    detail:
      "Our identity provider does not recognize this browser, which may be blocking its cookies. Allow them, and start again.",
  },
  "sign_in.denied": {
    status: 400,
    title: "You were not signed in",
    detail: "The sign-in was cancelled or refused at the identity provider. Nothing was changed.",
  },
  "sign_in.disputed_account": {
    status: 403,
    title: "You were not signed in",
    detail:
      "Another account, such as one at Hugging Face, is linked to this one. It has the same email address, but the address is not verified there, so the account may belong to someone else. If it is yours, verify the address there, and sign in with it again. If it is not, ask the people who run this site to unlink it.",
  },
  "sign_in.again": {
    status: 403,
    title: "Please sign in again",
    detail:
      "An account that may not be yours was linked to this one for a while. So please sign in again, even if our identity provider still knows you.",
  },
  "sign_in.disputed_by_enterprise": {
    status: 403,
    title: "We cannot tell whose account this is",
    detail:
      "A company’s single sign-on uses the email address of this account, but the address is at none of the company’s domains. It may belong to someone else, so nobody can sign in with it. If the address is yours, ask the people who run this site to add its domain to the company’s connector, or to remove the connector.",
  },
});

const byOpenIdCode = {
  // Only API clients cause this one, and authenticate-token.ts answers them.
  access_token_invalid: "sign_in.untrusted_answer",
  identity_provider_unavailable: "sign_in.unavailable",
  identity_provider_invalid_answer: "sign_in.untrusted_answer",
  client_refused: "sign_in.untrusted_answer",
  clock_skew: "sign_in.clock_skew",
  callback_invalid: "sign_in.spent",
  code_refused: "sign_in.spent",
  authorization_denied: "sign_in.denied",
} as const satisfies Partial<Record<OpenIdErrorCode, string>>;

/**
 * A callback that is spent or expired, or another browser's.
 *
 * @param returnTo the page that it was to lead to, if known: that page offers to sign in
 */
export const spentSignIn = (returnTo: string | null): AppError =>
  entries("sign_in.spent", {
    action:
      returnTo === null || returnTo === "/"
        ? startAgain("/")
        : { label: "Start again", href: returnTo },
  });

/** The identity provider forgets at once that this browser is signing in. */
export const lostSignIn = (returnTo: string): AppError =>
  entries("sign_in.lost", { action: startAgain(returnTo) });

/** Our database failed during the callback. The code is spent, so the person starts again. */
export const interruptedSignIn = (returnTo: string, cause: unknown): AppError =>
  entries("sign_in.interrupted", {
    action: startAgain(returnTo, "Try again"),
    headers: { "Retry-After": "5" },
    cause,
  });

/** The person may have signed in by an account elsewhere that claims another person's address. */
export const disputedAccount = ({ isUnlinked }: { isUnlinked: boolean }): AppError =>
  entries("sign_in.disputed_account", {
    action: { label: "Sign out", href: "/sign-out" },
    ...(isUnlinked && {
      detail:
        "Another account, such as one at Hugging Face, was just linked to this one. It has the same email address, but the address is not verified there, so the account may belong to someone else, and we are unlinking it. Sign in again as you did before. If the other account is yours, verify the address there first; then you can link it.",
    }),
  });

/** The person may have signed in by an enterprise that names another person's address. */
export const disputedByEnterprise = (): AppError =>
  entries("sign_in.disputed_by_enterprise", { action: { label: "Sign out", href: "/sign-out" } });

/** The identity provider may have signed the person in by an account that is no longer linked. */
export const signInAgain = (returnTo: string): AppError =>
  entries("sign_in.again", {
    action: { label: "Sign in", href: reauthenticationPath(returnTo) },
  });

/**
 * Turns an error of the OpenID Connect client into the page that explains it.
 *
 * @param returnTo where the person wanted to go, for when they start again
 * @returns undefined for any other error
 */
export function translateOpenIdError(error: unknown, returnTo = "/"): AppError | undefined {
  if (!(error instanceof OpenIdError)) return undefined;
  // Browsers never cause this one (back-channel-logout.ts).
  if (error.code === "logout_token_invalid") return undefined;
  const code = byOpenIdCode[error.code];
  return entries(code, {
    action: startAgain(returnTo, code === "sign_in.unavailable" ? "Try again" : "Start again"),
    cause: error,
    ...(code === "sign_in.unavailable" && { headers: { "Retry-After": "10" } }),
  });
}

function startAgain(returnTo: string, label = "Start again"): ErrorAction {
  const href = withQuery("/sign-in", { returnTo: returnTo === "/" ? undefined : returnTo });
  return { label, href };
}
