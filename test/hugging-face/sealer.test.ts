import { describe, expect, it } from "vitest";
import { z } from "zod";

import { createSealer } from "../../src/hugging-face/sealer.ts";

const schema = z.object({ word: z.string() });
const usual = { secrets: ["a secret"], purpose: "a purpose", lifetimeSeconds: 600 };
const create = (change: Partial<Parameters<typeof createSealer>[1]> = {}) =>
  createSealer(schema, { ...usual, ...change });

describe("createSealer()", () => {
  it("gives back a sealed value, and hides it", async () => {
    const sealed = await create().seal({ word: "hidden" });
    expect(Buffer.from(sealed.split(".").at(3) ?? "", "base64url").toString()).not.toContain("hid");
    expect(await create().open(sealed)).toEqual({ word: "hidden" });
  });

  it("does not open a changed or invented text, or one for another purpose", async () => {
    const sealed = await create().seal({ word: "x" });
    const other = sealed.at(-3) === "A" ? "B" : "A";
    expect(await create().open(`${sealed.slice(0, -3)}${other}${sealed.slice(-2)}`)).toBeNull();
    expect(await create({ purpose: "another" }).open(sealed)).toBeNull();
    for (const forged of ["", "x", "a.b.c.d.e", "{}"])
      expect(await create().open(forged)).toBeNull();
  });

  it("seals with the newest secret, and opens with each of them", async () => {
    const old = await create({ secrets: ["old"] }).seal({ word: "x" });
    const rotated = create({ secrets: ["new", "old"] });
    expect(await rotated.open(old)).toEqual({ word: "x" });
    const fresh = await rotated.seal({ word: "y" });
    expect(await create({ secrets: ["old"] }).open(fresh)).toBeNull();
    expect(await create({ secrets: ["new"] }).open(fresh)).toEqual({ word: "y" });
  });

  it("does not open an expired value", async () => {
    let time = 1_000_000;
    const sealer = create({ now: () => time });
    const sealed = await sealer.seal({ word: "x" });
    time += 599_999;
    expect(await sealer.open(sealed)).toEqual({ word: "x" });
    time += 1;
    expect(await sealer.open(sealed)).toBeNull();
  });
});
