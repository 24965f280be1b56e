import { AppError, defineErrors, type ErrorAction } from "../http/errors.ts";
import { withQuery } from "../http/with-query.ts";
import type { SignedIn } from "../tenancy/actor.ts";

const authError = defineErrors({
  "auth.reauthentication_required": {
    status: 403,
    title: "Verify it's you",
    detail: "Please sign in again to continue. Nothing was changed so far.",
  },
  "auth.reauthentication_unproven": {
    status: 403,
    title: "That did not confirm that it is you",
    detail:
      "Our identity provider did not tell us that you signed in again just now. Nothing was changed, and you are still signed in.",
  },
  "auth.reauthentication_other_person": {
    status: 403,
    title: "You signed in as someone else",
    detail:
      "To confirm that it is you, sign in with the account that you use here. Nothing was changed, and you are still signed in as before.",
  },
  "auth.reauthentication_signed_out": {
    status: 403,
    title: "You signed in as someone else",
    detail:
      "To confirm that it is you, sign in with the account that you use here. Nothing was changed, but your own session has ended meanwhile: our identity provider keeps one account signed in at a time. Please sign in again.",
  },
});

/** After re-authentication, a person may take steps that cannot be undone for this long. Seconds. */
export const proofLasts = 10 * 60;

/** Whether the person authenticated so recently that they need not do it again. */
export function isRecentlyAuthenticated({
  authenticationAge,
}: Pick<SignedIn, "authenticationAge">): boolean {
  return authenticationAge !== null && authenticationAge <= proofLasts;
}

/** The address at which a person re-authenticates, and then comes back. */
export function reauthenticationPath(returnTo: string): string {
  return withQuery("/sign-in", { returnTo, reauthenticate: "yes" });
}

/**
 * Guards a step that a thief or a stranger at a forgotten browser must not take.
 *
 * @param returnTo a page of ours from which the person can try again
 * @throws auth.reauthentication_required, with a link to re-authenticate
 */
export function requireRecentAuthentication(
  actor: Pick<SignedIn, "authenticationAge">,
  returnTo: string,
): void {
  if (isRecentlyAuthenticated(actor)) return;
  throw authError("auth.reauthentication_required", {
    action: confirm(returnTo),
    waitsAt: returnTo,
  });
}

/** The sign-in ended without proof that the person signed in again. */
export const unprovenPerson = (returnTo: string) =>
  authError("auth.reauthentication_unproven", { action: confirm(returnTo) });

/**
 * The sign-in should have confirmed one person, and confirmed another.
 *
 * @param options.isSignedIn whether the browser still has a session here
 */
export const anotherPerson = (returnTo: string, { isSignedIn }: { isSignedIn: boolean }) =>
  isSignedIn
    ? authError("auth.reauthentication_other_person", { action: confirm(returnTo) })
    : authError("auth.reauthentication_signed_out", {
        action: confirm(returnTo, "Sign in again"),
      });

/** Whether another person has signed in at the provider, and nobody is signed in here any more. */
export const isSignedOutByAnother = (error: unknown): boolean =>
  error instanceof AppError && error.code === "auth.reauthentication_signed_out";

/** The provider asks for the password: it may know the browser as someone else's. */
function confirm(returnTo: string, label = "Verify it's you"): ErrorAction {
  return { label, href: reauthenticationPath(returnTo) };
}
