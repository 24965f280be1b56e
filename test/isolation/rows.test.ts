import { glob } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { read, root } from "../support/documents.ts";

const numbered = (prefix: string, last: number) =>
  Array.from({ length: last }, (_, index) => `${prefix}${String(index + 1).padStart(2, "0")}`);

/**
 * What can go wrong with isolation between tenants (TI), roles (RB), invitations (IN), webhooks (WH), signing in (SI),
 * sessions (SE), and while Logto or one of us is away (FA), that tests are named by.
 */
const rows = [
  ...numbered("TI", 22),
  ...numbered("RB", 15),
  // IN13 would have a token leave the address by a redirect: the path of an invitation keeps it, since that is how
  // people come back to it; so no page says where somebody came from, and no log has a path.
  ...numbered("IN", 16),
  ...numbered("WH", 14),
  ...numbered("SI", 36),
  ...numbered("SE", 26),
  ...numbered("FA", 18).slice(10),
  "FA24",
];

/** Those that nothing can be tested of yet, each with the reason why. */
const exceptions: Record<string, string> = {
  FA15: "an access token is not to be had: none of a person's tokens is kept or asked for",
  FA16: "an organization's token is not to be had: as FA15",
  TI18: "an API key outlives or outranks its maker: there are no API keys",
};

/** The rows at the beginning of a title, or of what is put into one: `it("TI01 RB01 lets …")`. */
function listRows(source: string): string[] {
  const titles = source.matchAll(/["'`]((?:[A-Z]{2}\d{2} )+)\S/g);
  return [...titles].flatMap(([, names = ""]) => names.trim().split(" "));
}

async function listTested(): Promise<Set<string>> {
  const tested = new Set<string>();
  for await (const path of glob("test/**/*.test.{ts,tsx}", { cwd: root })) {
    for (const row of listRows(await read(path))) tested.add(row);
  }
  return tested;
}

describe("every row of threats to tenants, roles and invitations", () => {
  it("is named by a test, or is an exception with a reason", async () => {
    const tested = await listTested();
    expect(rows.filter((row) => !tested.has(row) && !(row in exceptions))).toEqual([]);
  });

  it("is no exception any more once a test is named by it", async () => {
    const tested = await listTested();
    expect(Object.keys(exceptions).filter((row) => tested.has(row))).toEqual([]);
  });

  it("is one that there is: a title does not name what nobody knows", async () => {
    const tested = await listTested();
    const ours = [...tested].filter((row) => /^(TI|RB|IN|WH|SI|SE)/.test(row));
    expect(ours.filter((row) => !rows.includes(row))).toEqual([]);
  });
});

describe("listRows()", () => {
  it("reads the beginning of titles only", () => {
    const sources = [
      String.raw`it("TI01 RB02 does", …)`,
      "describe(`RB03 when`)",
      "[' RB04 x', 'says TI05 so', 'TI06']",
    ];
    expect(sources.flatMap(listRows)).toEqual(["TI01", "RB02", "RB03"]);
  });
});
