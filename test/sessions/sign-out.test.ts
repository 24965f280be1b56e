import { afterEach, describe, expect, it } from "vitest";

import { useOutages } from "../database/outage-world.ts";
import { writeSessionCookie } from "../support/session-cookie.ts";

describe("POST /sign-out", () => {
  const world = useOutages();
  afterEach(() => world.proxy.restore());

  const signOut = (cookie: string) => world.open("/sign-out", { cookie, method: "POST" });
  const readAccount = async (cookie: string) => (await world.open("/account", { cookie })).status;

  it("ends the session, here and now", async () => {
    const cookie = await world.signIn();
    expect(await readAccount(cookie)).toBe(200);
    const answer = await signOut(cookie);
    expect(answer.status).toBe(303);
    expect(answer.headers.getSetCookie().join()).toMatch(
      /session-\d+=; path=\/; expires=Thu, 01 Jan 1970/,
    );
    expect(await readAccount(cookie)).toBe(303);
    expect(await signOut(cookie)).toMatchObject({ status: 303 });
  });

  it("SI24 GET and HEAD only show the button, also when another site made the browser ask", async () => {
    const cookie = await world.signIn();
    for (const method of ["GET", "HEAD"]) {
      expect((await world.open("/sign-out", { cookie, method })).status).toBe(200);
    }
    expect((await world.open("/sign-out", { cookie })).text).toMatch(
      /<form[^>]* method="post"[^>]* action="\/sign-out"|<form[^>]* action="\/sign-out"[^>]* method="post"/,
    );
    expect(await readAccount(cookie)).toBe(200);
  });

  it("SI26 with the database away is 503, and this browser forgets the session all the same", async () => {
    const cookie = await world.signIn();
    await world.proxy.cut();
    const answer = await signOut(cookie);
    expect(answer.status).toBe(503);
    expect(answer.milliseconds).toBeLessThan(2_000);
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const text of cookies)
      expect(text).toMatch(/^session-\d+(=;|\.sig=).* expires=Thu, 01 Jan 1970/);
  });

  it("SI26 revokes the session once the database is back: the old cookie is refused", async () => {
    const [cookie, other] = [await world.signIn(), await world.signIn()];
    await world.proxy.cut();
    expect((await signOut(cookie)).status).toBe(503);
    expect((await signOut(cookie)).status).toBe(503);
    await world.proxy.restore();
    await expect.poll(() => readAccount(cookie), { interval: 100 }).toBe(303);
    expect(await readAccount(other)).toBe(200);
    const reasons = await world.query(
      "select revoke_reason from sessions where revoked_at is not null",
    );
    expect(reasons).toContainEqual({ revoke_reason: "signed_out" });
  });

  it("without a session does no harm", async () => {
    expect((await signOut("")).status).toBe(303);
    const forged = writeSessionCookie(world.application.baseUrl, "x", "another secret");
    expect((await signOut(forged)).status).toBe(303);
  });
});
