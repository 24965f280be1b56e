import type { World } from "./world.ts";

/** Draws the picture of a person or an organization: initials on a colour; undefined for an unknown one. */
export function drawAvatar(world: World, username: string): string | undefined {
  const bearer = world.findPerson(username) ?? world.findOrganization(username);
  if (bearer === undefined) return undefined;
  const initials = (bearer.name ?? username)
    .split(" ")
    .map((word) => word.charAt(0))
    .join("")
    .slice(0, 2);
  const hue = Buffer.from(username).reduce((sum, byte) => sum + byte * 31, 0) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 45% 38%)"/><text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-size="26" font-weight="600" text-anchor="middle" dominant-baseline="central">${initials.toUpperCase()}</text></svg>`;
}
