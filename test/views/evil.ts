import type { Viewer } from "../../src/views/viewer.ts";

/** What would be markup if a page let it. */
export const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;`;
export const organization = { name: evil, slug: evil, role: "member" } as const;
export const mallory: Viewer = {
  name: evil,
  email: evil,
  avatarUrl: evil,
  organizations: [organization],
};
