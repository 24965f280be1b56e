import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";

const attempts = 3;
const application = useApplication({ dependencies: { signInLimit: { attempts, seconds: 600 } } });

type Headers = Record<string, string>;

/** The headers that browsers send with requests of another site's page. */
const sent = (site: string, mode: string, dest: string, more: Headers = {}): Headers => ({
  "Sec-Fetch-Site": site,
  "Sec-Fetch-Mode": mode,
  "Sec-Fetch-Dest": dest,
  ...more,
});

const subresources: [string, Headers][] = [
  ["an image", sent("cross-site", "no-cors", "image")],
  ["an image of a sibling", sent("same-site", "no-cors", "image")],
  ["a script", sent("cross-site", "no-cors", "script")],
  ["a fetch that may be read", sent("cross-site", "cors", "empty")],
  ["a frame", sent("cross-site", "navigate", "iframe")],
  ["an embedded document", sent("cross-site", "navigate", "embed")],
  ["an object", sent("same-site", "navigate", "object")],
  ["a prefetch", sent("cross-site", "no-cors", "empty", { "Sec-Purpose": "prefetch" })],
  [
    "a page rendered in advance",
    sent("cross-site", "navigate", "document", { "Sec-Purpose": "prefetch;prerender" }),
  ],
  [
    "one of Chrome before version 80",
    { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" },
  ],
];

describe("a resource that another site's page makes a browser load", () => {
  it.each(subresources)("AP18 is refused: %s", async (_what, headers) => {
    const visitor = application.visitor();
    for (const path of [
      "/",
      "/sign-in",
      "/callback?state=x&code=y",
      "/invitations/x",
      "/nowhere",
    ]) {
      expect((await visitor.get(path).set(headers)).status, path).toBe(403);
      expect((await visitor.head(path).set(headers)).status, `HEAD ${path}`).toBe(403);
    }
  });

  it("AP18 uses up nobody's sign-ins, and starts none", async () => {
    const visitor = application.visitor();
    for (const [, headers] of subresources) await visitor.get("/sign-in").set(headers);
    // Without an identity provider, each of these is 503 and counts.
    for (let time = 0; time < attempts; time += 1) {
      expect((await visitor.get("/sign-in")).status).toBe(503);
    }
    const refused = await visitor.get("/sign-in");
    expect(refused.status).toBe(429);
    expect(refused.headers["ratelimit"]).toBe(`"sign-ins";r=0;t=${refused.headers["retry-after"]}`);
  });

  it.each([
    ["a link", sent("cross-site", "navigate", "document", { "Sec-Fetch-User": "?1" })],
    ["the way back from the identity provider", sent("same-site", "navigate", "document")],
    ["a typed address", sent("none", "navigate", "document")],
    ["a page of our own", sent("same-origin", "cors", "empty")],
    [
      "a link in Chrome before version 80",
      { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" },
    ],
    ["a browser that says nothing of it", {}],
    ["a program", { "Sec-Fetch-Mode": "cors" }],
  ])("is not a navigation to us: %s", async (_what, headers) => {
    const visitor = application.visitor();
    const quiet = { "Sec-Fetch-Site": "" };
    expect((await visitor.get("/").set({ ...quiet, ...headers })).status).toBe(200);
    expect((await visitor.get("/callback").set({ ...quiet, ...headers })).status).toBe(400);
  });

  it("leaves our styles and pictures to whoever shows them", async () => {
    const headers = sent("cross-site", "no-cors", "style");
    expect((await application.visitor().get("/favicon.svg").set(headers)).status).toBe(200);
  });
});
