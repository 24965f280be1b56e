import Keygrip from "keygrip";
import Koa from "koa";
import supertest from "supertest";
import { afterEach, describe, expect, it, vi } from "vitest";

import { defineCookie } from "../../src/http/cookie.ts";
import type { AppState } from "../../src/http/state.ts";
import { createWaitingForms, waitingSeconds } from "../../src/http/waiting-forms.ts";

const invitation = {
  path: "/o/acme/invitations",
  search: "?pageToken=abc",
  page: "/o/acme/invitations",
};

/** One browser of an application that keeps a form with these values on POST, and shows on GET what has waited. */
function openBrowser(values: Record<string, unknown>) {
  let secrets = ["a secret"];
  const cookie = defineCookie("form", { origin: "http://localhost", maxAge: waitingSeconds });
  const app = new Koa<AppState>();
  app.keys = new Keygrip(["signs"], "sha256");
  app.use(async (ctx) => {
    const forms = createWaitingForms(cookie, secrets);
    ctx.body =
      ctx.method === "POST"
        ? { isKept: await forms.keep(ctx, { ...invitation, values }) }
        : { form: await forms.take(ctx) };
  });
  const agent = supertest.agent(app.callback());
  const keep = () => agent.post(invitation.path);
  return {
    keep,
    isKept: async (): Promise<unknown> => (await keep()).body.isKept,
    open: async (path = invitation.page): Promise<unknown> => (await agent.get(path)).body.form,
    changeSecrets: (changed: string[]) => (secrets = changed),
  };
}

const list = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(", ");

/** A text that cannot be compressed much, the same in each run. */
const scramble = (index: number) => ((index + 1) * 2_654_435_761 * 97_003).toString(36);

describe("a form that waits", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("SE28 is there once, on its own page only", async () => {
    const { isKept, open } = openBrowser({ recipients: "ada@acme.example" });
    expect(await isKept()).toBe(true);
    expect(await open("/o/acme/members")).toBeNull();
    expect(await open()).toEqual({ ...invitation, values: { recipients: "ada@acme.example" } });
    expect(await open()).toBeNull();
  });

  it.each([
    ["to the last second", -1, true],
    ["no longer", 1, false],
  ])("SE28 waits ten minutes, %s", async (_title, seconds, isThere) => {
    const { keep, open } = openBrowser({ name: "Acme" });
    const [cookie] = (await keep()).get("Set-Cookie") ?? [];
    expect(cookie).toMatch(/; httponly/i);
    const expires = Date.parse(/expires=([^;]+)/i.exec(cookie ?? "")?.[1] ?? "");
    expect(Math.abs(expires - Date.now() - 600_000)).toBeLessThan(30_000);
    // The browser has sent its cookie too long: its end is sealed with the form.
    vi.useFakeTimers({ now: Date.now() + (600 + seconds * 30) * 1000, toFake: ["Date"] });
    expect((await open()) !== null).toBe(isThere);
  });

  it("SE28 has no field for a password, a token, a secret or a code", async () => {
    const secrets = {
      password: "p",
      newPassword: "p",
      accessToken: "t",
      clientSecret: "s",
      code: "1",
    };
    const { isKept, open } = openBrowser({ ...secrets, name: "Acme" });
    await isKept();
    expect(await open()).toEqual({ ...invitation, values: { name: "Acme" } });
  });

  it.each([
    ["addresses of one company", list(200, (index) => `person.${scramble(index)}@acme.example`)],
    [
      "addresses anywhere",
      list(100, (index) => `${scramble(index)}@${scramble(index + 500)}.test`),
    ],
    [
      "names with addresses",
      list(100, (index) => `Ada ${scramble(index)} <ada.${scramble(index)}@acme.example>`),
    ],
  ])("holds a pasted list: %s", async (_title, recipients) => {
    const { isKept, open } = openBrowser({ recipients, role: "member" });
    expect(await isKept()).toBe(true);
    expect(await open()).toEqual({ ...invitation, values: { recipients, role: "member" } });
  });

  it("holds nothing that a browser's cookie could not", async () => {
    const { isKept, open } = openBrowser({ text: list(1_000, scramble) });
    expect(await isKept()).toBe(false);
    expect(await open()).toBeNull();
  });

  it("can be opened with an older secret, and with no other", async () => {
    const { isKept, open, changeSecrets } = openBrowser({ name: "Acme" });
    await isKept();
    changeSecrets(["another"]);
    expect(await open()).toBeNull();
    changeSecrets(["another", "a secret"]);
    expect(await open()).not.toBeNull();
  });
});
