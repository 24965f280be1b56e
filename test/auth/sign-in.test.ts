import { describe, expect, it } from "vitest";

import { useSignIn } from "../support/sign-in.ts";

describe("GET /sign-in", () => {
  const { application, isSignedIn } = useSignIn();

  it("goes straight to Hugging Face, or to sign-up first, when asked to", async () => {
    const agent = application.visitor();
    const social = await agent.get("/sign-in?with=huggingface");
    expect(social.headers["location"]).toContain("direct_sign_in=social%3Ahuggingface");
    const register = await agent.get("/sign-in?screen=register");
    expect(register.headers["location"]).toContain("first_screen=register");
  });

  it("starts at the host of BASE_URL, where the callback will look for its cookie", async () => {
    const elsewhere = application.baseUrl.replace("localhost", "127.0.0.1");
    const answer = await fetch(`${elsewhere}/sign-in?returnTo=/account`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([
      303,
      `${application.baseUrl}/sign-in?returnTo=/account`,
    ]);
    expect(answer.headers.has("set-cookie")).toBe(false);
  });

  it("keeps the secrets of the sign-in out of the cookie, and hashes of them in the database", async () => {
    const agent = application.visitor();
    const answer = await agent.get("/sign-in");
    const state = new URL(answer.headers["location"] ?? "").searchParams.get("state") ?? "-";
    expect(String(answer.headers["set-cookie"])).not.toContain(state);
    const rows = await application.query("select * from sign_in_transactions");
    expect(JSON.stringify(rows)).not.toContain(state);
  });

  it("SI22 leaves an existing session alone, also when another site made the browser come here", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const come = (mode: string, dest: string) =>
      agent
        .get("/sign-in")
        .set({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest });
    expect((await come("no-cors", "image")).status).toBe(403);
    expect((await come("navigate", "document")).status).toBe(303);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it("SI32 does nothing for HEAD, nor for a browser's prefetch", async () => {
    const agent = application.visitor();
    const [before] = await application.query("select count(*) from sign_in_transactions");
    expect((await agent.head("/sign-in")).status).toBe(405);
    const prefetch = await agent.get("/sign-in").set("Sec-Purpose", "prefetch;prerender");
    expect(prefetch.status).toBe(405);
    expect(prefetch.headers["allow"]).toBe("GET");
    expect(await application.query("select count(*) from sign_in_transactions")).toEqual([before]);
  });
});

describe("GET /sign-in, too often", () => {
  const { application } = useSignIn({
    dependencies: { signInLimit: { attempts: 3, seconds: 600 } },
  });

  it("SI33 is 429 with Retry-After, and adds no row", async () => {
    const agent = application.visitor();
    for (let start = 0; start < 3; start += 1) {
      expect((await agent.get("/sign-in")).status).toBe(303);
    }
    const refused = await agent.get("/sign-in");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(500);
    expect(refused.text).toContain("There can be at most 3 sign-ins in 10 minutes.");
    expect(await application.query("select from sign_in_transactions")).toHaveLength(3);
  });
});

describe("GET /sign-in, returnTo", () => {
  const { application, signIn } = useSignIn();

  it("leads back to a path of ours, query included", async () => {
    expect(await signIn(application.visitor(), { returnTo: "/o/acme?tab=1" })).toBe(
      "/o/acme?tab=1",
    );
  });

  // test/http/return-to.test.ts has them all.
  it("SI21 leads to / instead of another site", async () => {
    expect(await signIn(application.visitor(), { returnTo: "//evil.example" })).toBe("/");
  });

  it("brings a person back to the page they had asked for, signed out", async () => {
    const agent = application.visitor();
    const refused = await agent.get("/organizations");
    expect(refused.status).toBe(303);
    expect(refused.headers["location"]).toBe("/sign-in?returnTo=%2Forganizations");
    expect(await signIn(agent, { returnTo: "/organizations" })).toBe("/organizations");
  });
});
