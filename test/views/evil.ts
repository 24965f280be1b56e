import type { Viewer } from "../../src/views/viewer.ts";

/** A text that would be markup if a page did not escape it. */
export const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;`;
export const organization = { name: evil, slug: evil, role: "member" } as const;
export const mallory: Viewer = {
  name: evil,
  email: evil,
  avatarUrl: evil,
  timeZone: null,
  organizations: [organization],
};
