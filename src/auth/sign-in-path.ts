/**
 * The address that starts a sign-in.
 *
 * @param returnTo a path of ours, from `safeReturnTo()`, to end up at
 */
export function signInPath(returnTo: string): string {
  return returnTo === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ returnTo }).toString()}`;
}
