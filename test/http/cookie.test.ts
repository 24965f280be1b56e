import Keygrip from "keygrip";
import Koa from "koa";
import supertest from "supertest";
import { describe, expect, it } from "vitest";

import { defineCookie, nameCookie } from "../../src/http/cookie.ts";
import { createRandomToken, hashToken } from "../../src/http/token.ts";

const [newest, older] = ["a new secret", "an old secret"];
const https = "https://app.example.com";
const http = "http://localhost:3011";

/** Writes, reads or expires one cookie, by the path asked for. */
function createJar(origin: string, secrets: string[] = [newest]) {
  const cookie = defineCookie("session", { origin });
  const app = new Koa();
  app.keys = new Keygrip(secrets, "sha256");
  app.use((ctx) => {
    ctx.cookies.secure = origin === https;
    if (ctx.path === "/write") cookie.write(ctx, "abc");
    if (ctx.path === "/expire") cookie.expire(ctx);
    ctx.body = cookie.read(ctx) ?? "nothing";
  });
  return supertest(app.callback());
}

const sign = (pair: string, secret: string, algorithm = "sha256") =>
  `${pair}; session-3011.sig=${new Keygrip([secret], algorithm).sign(pair)}`;

const listCookies = (answer: supertest.Response): string[] => answer.get("Set-Cookie") ?? [];

describe("defineCookie()", () => {
  it("SE01 is host-only, HttpOnly and SameSite=Lax, and so is its signature", async () => {
    const cookies = listCookies(await createJar(https).get("/write"));
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

  it("has the port in its name on http, since browsers refuse the prefix there", async () => {
    const [first = ""] = listCookies(await createJar(http).get("/write"));
    expect(first).toBe("session-3011=abc; path=/; samesite=lax; httponly");
  });

  it("expires both cookies with the same attributes", async () => {
    const cookies = listCookies(await createJar(https).get("/expire"));
    expect(cookies).toHaveLength(2);
    for (const text of cookies) expect(text).toMatch(/expires=Thu, 01 Jan 1970.*secure; httponly$/);
  });

  it.each([
    ["is missing", "session-3011=abc"],
    ["is of another value", sign("session-3011=abc", newest).replace("abc", "abd")],
    ["was made with another key", sign("session-3011=abc", "a stranger's secret")],
    ["was made with another algorithm", sign("session-3011=abc", newest, "sha1")],
    ["is of another cookie", sign("sign-in=abc", newest).replace("sign-in", "session-3011")],
    ["is empty", "session-3011=abc; session-3011.sig="],
  ])("SE12 reads nothing when its signature %s", async (_what, header) => {
    const answer = await createJar(http).get("/").set("Cookie", header);
    expect(answer.text).toBe("nothing");
  });

  it("SE12 reads the cookie of its own name, not one with another kind of space before it", async () => {
    const jar = createJar(http);
    const read = async (header: string) => (await jar.get("/").set("Cookie", header)).text;
    const genuine = sign("session-3011=abc", newest);
    // To browsers this is another name, without the protection of `__Host-`.
    const shadow = genuine.replaceAll("session-3011", "\u00a0session-3011");
    expect(await read(shadow)).toBe("nothing");
    expect(await read(`${shadow}; ${genuine}`)).toBe("abc");
  });

  it("SE13 reads a cookie that an older key signed, and signs it again with all attributes", async () => {
    const jar = createJar(http, [newest, older]);
    const answer = await jar.get("/").set("Cookie", sign("session-3011=abc", older));
    expect(answer.text).toBe("abc");
    expect(
      listCookies(answer)
        .map((text) => text.replace(/; .*/, ""))
        .join("; "),
    ).toBe(sign("session-3011=abc", newest));
    for (const text of listCookies(answer)) expect(text).toMatch(/samesite=lax; httponly$/);
  });

  it("SE13 reads nothing after that key is removed, and does not sign a cookie of the newest key again", async () => {
    const jar = createJar(http);
    expect((await jar.get("/").set("Cookie", sign("session-3011=abc", older))).text).toBe(
      "nothing",
    );
    const answer = await jar.get("/").set("Cookie", sign("session-3011=abc", newest));
    expect([answer.text, listCookies(answer)]).toEqual(["abc", []]);
  });
});

describe("nameCookie()", () => {
  it.each([
    ["https://app.example.com", "__Host-session"],
    ["https://app.example.com:8443", "__Host-session"],
    ["http://localhost:3000", "session-3000"],
    ["http://localhost:3011", "session-3011"],
    ["http://localhost", "session-80"],
  ])("at %s is %s", (origin, name) => {
    expect(nameCookie("session", origin)).toBe(name);
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
