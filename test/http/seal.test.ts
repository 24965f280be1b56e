import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { seal, unseal } from "../../src/http/seal.ts";
import { createRandomToken } from "../../src/http/token.ts";

const secret = createRandomToken();

describe("seal() and unseal()", () => {
  it("give back every sealed text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), async (text) => {
        expect(await unseal(await seal(text, secret, "returnTo"), secret, "returnTo")).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it("hide the text, and never give the same result twice", async () => {
    const text = "/invitations/canary";
    const [once, twice] = [await seal(text, secret, "x"), await seal(text, secret, "x")];
    expect(once).not.toBe(twice);
    for (const part of once.split(".")) {
      expect(Buffer.from(part, "base64url").toString("latin1")).not.toContain("canary");
    }
    expect(once).not.toContain(secret);
  });

  it("do not open with another secret, for another purpose, or after a change", async () => {
    const sealed = await seal("/o/acme", secret, "returnTo");
    expect(await unseal(sealed, createRandomToken(), "returnTo")).toBeNull();
    expect(await unseal(sealed, `${secret} `, "returnTo")).toBeNull();
    expect(await unseal(sealed, secret, "cookie")).toBeNull();
    // The last character of base64url may have spare bits, so change one in the middle of each part.
    const parts = sealed.split(".");
    for (const [index, part] of parts.entries()) {
      if (part === "") continue;
      const middle = Math.floor(part.length / 2);
      const other = part[middle] === "A" ? "B" : "A";
      const changed = part.slice(0, middle) + other + part.slice(middle + 1);
      const forged = parts.with(index, changed).join(".");
      expect(await unseal(forged, secret, "returnTo"), `part ${index}`).toBeNull();
    }
  });

  it("keep a secret and a purpose apart", async () => {
    expect(await unseal(await seal("x", "b\nc", "a"), "c", "a\nb")).toBe("x");
  });

  it.each(["", ".", "....", "not sealed", "a.b.c.d.e", "\u0000", "x".repeat(10_000)])(
    "open nothing of %j",
    async (text) => {
      expect(await unseal(text, secret, "returnTo")).toBeNull();
    },
  );

  it("refuse other algorithms", async () => {
    const header = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await unseal(`${header}..aaaa.bbbb.cccc`, secret, "returnTo")).toBeNull();
    const compressed = Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString(
      "base64url",
    );
    const [, ...rest] = (await seal("x", secret, "returnTo")).split(".");
    expect(await unseal([compressed, ...rest].join("."), secret, "returnTo")).toBeNull();
  });
});
