import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { productName, productSlug } from "../src/runtime/product.ts";
import { Copy, timeoutMs } from "./support/copy.ts";

/** Tests that would notice a name that does not fit, in pages, mails, settings, SQL and documents. Vitest expands no braces. */
const tests = [
  "test/views/",
  "test/mail/",
  "test/landing/",
  "test/rename/",
  "test/new-resource/",
  "test/operations/",
  "test/documents.test.ts",
  "test/deployment.test.ts",
  "test/config.test.ts",
  "test/audit-log/pages.test.ts",
  "test/email-domains/claiming.test.ts",
  "test/email-domains/verification.test.ts",
  "test/email-domains/txt-record.test.ts",
  "test/logto/provision.test.ts",
];

let copy: Copy;
beforeAll(async () => {
  copy = await Copy.make();
  await commit("as it came");
}, timeoutMs);
afterAll(() => copy?.dispose());

async function commit(message: string): Promise<void> {
  const author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  for (const command of [
    ["init", "-q"],
    ["add", "-A"],
    [...author, "commit", "-qm", message],
  ]) {
    const { code, said } = await copy.run("git", ...command);
    expect(code, said).toBe(0);
  }
}

async function run(...parameters: string[]): Promise<string> {
  const { code, said } = await copy.run("npm", "run", ...parameters);
  expect(code, said.slice(-8_000)).toBe(0);
  return said;
}

const rename = (...parameters: string[]) => run("rename", "--", ...parameters);
const listNaming = async (pattern: string) => {
  const { said } = await copy.run("git", "grep", "--ignore-case", "--files-with-matches", pattern);
  return said.trim().split("\n");
};

describe("npm run rename", () => {
  it.each([
    [[], "Say the name"],
    [["Acme", "Cloud"], "Say the name"],
    [["--sluggish", "Acme"], "Say the name"],
    [["</script>"], "may have letters"],
  ])(
    "refuses %j, and changes nothing",
    async (parameters, why) => {
      const { code, said } = await copy.run("npm", "run", "rename", "--", ...parameters);
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(why) });
      expect((await copy.run("git", "status", "--porcelain")).said.trim()).toBe("");
    },
    timeoutMs,
  );

  it(
    "refuses a work tree with changes, unless it is forced to",
    async () => {
      await copy.write("SECURITY.md", "Ours\n");
      const { code, said } = await copy.run("npm", "run", "rename", "--", "Acme Cloud");
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("commit, or") });
      await rename("--force", "Acme Cloud");
      await copy.run("git", "reset", "--hard", "--quiet");
      await copy.run("git", "clean", "-dfq");
    },
    timeoutMs,
  );

  it(
    "makes it a product of that name, which passes its checks and runs",
    async () => {
      const said = await rename("Birch & Son's");
      expect(said).toContain(
        `${productName} is Birch & Son's now, and ${productSlug} is birch-and-sons.`,
      );
      expect(said).toContain("npm run dev -- --reset");
      expect(JSON.parse(await copy.read("package.json"))).toMatchObject({ name: "birch-and-sons" });
      // History keeps it, and the tests of this command.
      const naming = await listNaming(productSlug);
      expect(
        naming.filter((path) => !/^(LICENSE|CHANGELOG|docs\/decisions|test\/rename)/.test(path)),
      ).toEqual([]);

      await commit("renamed");
      await run("generate");
      for (const check of ["types", "lint"]) await run(check);
      await run("format", "--", "--check");
      const { code: fault, said: found } = await copy.run("npm", "exec", "knip");
      expect(fault, found).toBe(0);
      const { code, said: tested } = await copy.run("npm", "exec", "--", "vitest", "run", ...tests);
      expect(code, tested.slice(-8_000)).toBe(0);

      await copy.develop(async (baseUrl) => {
        const page = await (await fetch(baseUrl)).text();
        expect(page).toContain("Birch &amp; Son's gives your organization");
        expect(page).not.toContain(productName);
      });
    },
    timeoutMs,
  );

  it(
    "does it again with another name, and leads back to where it came from",
    async () => {
      const [first = ""] = (await copy.run("git", "rev-list", "HEAD")).said
        .trim()
        .split("\n")
        .slice(-1);
      await rename("37 Signals");
      await commit("once more");
      await rename(productName);
      expect(await rename(productName)).toContain(`It is ${productName} already.`);
      await copy.run("git", "add", "-A");
      expect((await copy.run("git", "diff", "--cached", "--stat", first)).said.trim()).toBe("");
    },
    timeoutMs,
  );
});
