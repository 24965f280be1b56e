import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseFields } from "../../src/http/body.ts";
import { createSmallApplication, route } from "./small-application.ts";

const echo = { method: "POST", access: "public", statuses: [200] } as const;

/** Two routes that answer with their input. */
function createEcho() {
  return createSmallApplication({
    routes: [
      route({
        ...echo,
        path: "/form",
        body: z.record(z.string(), z.json()),
        handler: ({ body }) => Promise.resolve({ status: 200, json: body }),
      }),
      route({
        ...echo,
        path: "/json",
        body: z.json(),
        bodyFormat: "json",
        handler: ({ body }) => Promise.resolve({ status: 200, json: body }),
      }),
    ],
  }).request;
}

/** Sends the bytes unchanged. supertest would serialize a Buffer. */
function post(path: string, type: string, body: string | Buffer) {
  const length = String(Buffer.byteLength(body));
  const request = createEcho().post(path).accept("json");
  request.set({ "Content-Type": type, "Content-Length": length }).write(Buffer.from(body));
  return request;
}

const postJson = (body: string | Buffer) => post("/json", "application/json", body);
const postForm = (body: string | Buffer) =>
  post("/form", "application/x-www-form-urlencoded", body);

describe("a JSON body", () => {
  it("is parsed", async () => {
    const value = { name: "Zoë 🦊", deep: [{ list: [1, 2.5, null, true] }], "C:\\u0000": "no NUL" };
    expect((await postJson(JSON.stringify(value))).body).toEqual(value);
  });

  it.each([
    ["broken JSON", '{"a":'],
    ["nothing", ""],
    ["AP03 a NUL in a string", '{"a":"x\\u0000y"}'],
    ["AP03 a NUL in a name", '{"x\\u0000":1}'],
    ["AP04 a lone surrogate", '{"a":"\\ud800"}'],
    ["AP04 bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ["AP02 JSON fifty thousand deep", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["AP02 objects ten thousand deep", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
  ])("AP01 is 400 for %s", async (_what, text) => {
    const answer = await postJson(text);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "request.malformed" });
  });

  it("AP01 is 413 past 100 KB, announced or not", async () => {
    const large = JSON.stringify("x".repeat(1_100_000));
    expect((await postJson(large)).status).toBe(413);
    const chunked = createEcho().post("/json").accept("json");
    chunked.set({ "Content-Type": "application/json", "Transfer-Encoding": "chunked" });
    chunked.write(large);
    expect((await chunked).status).toBe(413);
  });

  it("AP01 is 415 for a compressed body, which could unfold into any size", async () => {
    const bomb = gzipSync(JSON.stringify("x".repeat(1_000_000)));
    const answer = await postJson(bomb).set("Content-Encoding", "gzip");
    expect(answer.status).toBe(415);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"])(
    "CS05 is 415 when it comes as %s, which another site's form can send",
    async (type) => {
      const request = createEcho().post("/json").accept("json").set("Content-Type", type);
      const answer = await request.send('{"a":1}');
      expect(answer.status).toBe(415);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    },
  );

  it("AP01 is 415 without a type", async () => {
    expect((await post("/json", "", '{"a":1}')).status).toBe(415);
  });
});

describe("a form", () => {
  it("is parsed: one value a string, several a list", async () => {
    const answer = await postForm("name=Zo%C3%AB+%26+Co&tag=a&tag=b&empty=");
    expect(answer.body).toEqual({ name: "Zoë & Co", tag: ["a", "b"], empty: "" });
  });

  it.each([
    ["AP03 a NUL", "name=x%00y"],
    ["AP04 encoded bytes that are no UTF-8", "name=%ff"],
    ["AP04 half of a surrogate pair", "name=%ED%A0%80"],
    ["AP04 bytes that are no UTF-8", Buffer.from([0x61, 0x3d, 0xe9])],
  ])("is 400 for %s", async (_what, text) => {
    expect((await postForm(text)).status).toBe(400);
  });

  it("CS05 is 415 when it comes as JSON", async () => {
    const answer = await createEcho().post("/form").send({ name: "x" });
    expect(answer.status).toBe(415);
  });
});

describe("parseFields()", () => {
  const parse = (text: string) => parseFields(new URLSearchParams(text));

  it("AP07 makes a list of a repeated field, for the schema to refuse", () => {
    expect(parse("id=1&id=2")).toEqual({ id: ["1", "2"] });
    expect(z.object({ id: z.string() }).safeParse(parse("id=1&id=2")).success).toBe(false);
  });

  it("AP07 treats brackets as letters of a name", () => {
    expect(parse("email[contains]=&filter[role][]=owner")).toEqual({
      "email[contains]": "",
      "filter[role][]": "owner",
    });
  });

  it("AP07 does not change prototypes", () => {
    const fields = parse("__proto__=x&constructor=y&__proto__[admin]=1");
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
    expect(Object.hasOwn(fields, "__proto__")).toBe(true);
    expect(Object.hasOwn({}, "admin")).toBe(false);
    expect(z.strictObject({ name: z.string() }).safeParse({ ...fields, name: "x" }).success).toBe(
      false,
    );
  });

  it("AP03 refuses a NUL, in a value or a name", () => {
    expect(() => parse("a=%00")).toThrow(expect.objectContaining({ code: "request.malformed" }));
    expect(() => parse("a%00=1")).toThrow(expect.objectContaining({ code: "request.malformed" }));
  });
});
