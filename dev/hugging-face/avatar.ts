import { people } from "./people.ts";

/** The picture of a person or an organization: initials on a colour of their own; undefined for a stranger. */
export function drawAvatar(username: string): string | undefined {
  const name = readNames().get(username);
  if (name === undefined) return undefined;
  const initials = name
    .split(" ")
    .map((word) => word.charAt(0))
    .join("")
    .slice(0, 2);
  const hue = Buffer.from(username).reduce((sum, byte) => sum + byte * 31, 0) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 45% 38%)"/><text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-size="26" font-weight="600" text-anchor="middle" dominant-baseline="central">${initials.toUpperCase()}</text></svg>`;
}

function readNames(): Map<string, string> {
  const names = new Map<string, string>();
  for (const person of people) {
    names.set(person.preferred_username, person.name ?? person.preferred_username);
    for (const org of person.orgs ?? []) names.set(org.preferred_username, org.name);
  }
  return names;
}
