const placeholderOrigin = "https://placeholder.invalid";

/**
 * Resolves a path of our own origin as browsers do.
 *
 * @returns null for anything else, such as another host in disguise (`//host`, `/.//host`, `/\host`, a tab in between)
 */
export function resolveOwnPath(value: string): URL | null {
  if (!value.startsWith("/") || !URL.canParse(value, placeholderOrigin)) return null;
  const url = new URL(value, placeholderOrigin);
  // Normalising `/.//host` leaves the path `//host`.
  return url.origin === placeholderOrigin && !url.pathname.startsWith("//") ? url : null;
}
