import Keygrip from "keygrip";
import Koa from "koa";
import supertest from "supertest";
import { describe, expect, it } from "vitest";

import { defineCookie } from "../../src/http/cookie.ts";
import { createRandomToken, hashToken } from "../../src/http/token.ts";

const [newest, older] = ["a new secret", "an old secret"];

/** Writes, reads or expires one cookie, by the path asked for. */
function createJar(options: { isSecure: boolean; maxAge?: number }, secrets: string[] = [newest]) {
  const cookie = defineCookie("session", options);
  const app = new Koa();
  app.keys = new Keygrip(secrets, "sha256");
  app.use((ctx) => {
    ctx.cookies.secure = options.isSecure;
    if (ctx.path === "/write") cookie.write(ctx, "abc");
    if (ctx.path === "/expire") cookie.expire(ctx);
    ctx.body = cookie.read(ctx) ?? "nothing";
  });
  return supertest(app.callback());
}

const sign = (pair: string, secret: string, algorithm = "sha256") =>
  `${pair}; session.sig=${new Keygrip([secret], algorithm).sign(pair)}`;

const listCookies = (answer: supertest.Response): string[] => answer.get("Set-Cookie") ?? [];

describe("defineCookie()", () => {
  it("SE01 is host-only, out of scripts' reach and not sent along from other sites, its signature too", async () => {
    const cookies = listCookies(await createJar({ isSecure: true }).get("/write"));
    expect(cookies.map((text) => text.split("=")[0])).toEqual([
      "__Host-session",
      "__Host-session.sig",
    ]);
    for (const text of cookies) {
      expect(text).toMatch(/; path=\/; samesite=lax; secure; httponly$/i);
      expect(text).not.toMatch(/domain|expires|max-age/i);
      expect(text.length).toBeLessThan(4096);
    }
  });

  it("has a plain name on http://localhost, where browsers refuse the prefix", async () => {
    const [first = ""] = listCookies(await createJar({ isSecure: false }).get("/write"));
    expect(first).toBe("session=abc; path=/; samesite=lax; httponly");
  });

  it("expires both cookies with the attributes they were set with", async () => {
    const cookies = listCookies(await createJar({ isSecure: true }).get("/expire"));
    expect(cookies).toHaveLength(2);
    for (const text of cookies) expect(text).toMatch(/expires=Thu, 01 Jan 1970.*secure; httponly$/);
  });

  it.each([
    ["is missing", "session=abc"],
    ["is of another value", sign("session=abc", newest).replace("abc", "abd")],
    ["was made with another key", sign("session=abc", "a stranger's secret")],
    ["was made with another algorithm", sign("session=abc", newest, "sha1")],
    ["is of another cookie", sign("sign-in=abc", newest).replace("sign-in", "session")],
    ["is empty", "session=abc; session.sig="],
  ])("SE12 reads nothing when its signature %s", async (_what, header) => {
    const answer = await createJar({ isSecure: false }).get("/").set("Cookie", header);
    expect(answer.text).toBe("nothing");
  });

  it("SE13 reads what an older key signed, and signs it anew with all attributes", async () => {
    const jar = createJar({ isSecure: false }, [newest, older]);
    const answer = await jar.get("/").set("Cookie", sign("session=abc", older));
    expect(answer.text).toBe("abc");
    expect(
      listCookies(answer)
        .map((text) => text.replace(/; .*/, ""))
        .join("; "),
    ).toBe(sign("session=abc", newest));
    for (const text of listCookies(answer)) expect(text).toMatch(/samesite=lax; httponly$/);
  });

  it("SE13 reads nothing once that key is gone, and leaves the newest alone", async () => {
    const jar = createJar({ isSecure: false });
    expect((await jar.get("/").set("Cookie", sign("session=abc", older))).text).toBe("nothing");
    const answer = await jar.get("/").set("Cookie", sign("session=abc", newest));
    expect([answer.text, listCookies(answer)]).toEqual(["abc", []]);
  });
});

describe("createRandomToken()", () => {
  it("SE02 makes 256 random bits, never the same", () => {
    const tokens = Array.from({ length: 1_000 }, createRandomToken);
    expect(new Set(tokens).size).toBe(1_000);
    for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
  });
});

describe("hashToken()", () => {
  it("SE03 is the SHA-256 of the token's text", () => {
    expect(Buffer.from(hashToken("abc")).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
