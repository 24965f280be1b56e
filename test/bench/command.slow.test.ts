import { afterAll, beforeAll, expect, it } from "vitest";

import { Copy, timeoutMs } from "../support/copy.ts";

let copy: Copy;
beforeAll(async () => {
  copy = await Copy.make();
  await copy.run("git", "add", "--all");
  const author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  await copy.run("git", ...author, "commit", "--quiet", "--message=as it came");
}, timeoutMs);
afterAll(() => copy?.dispose());

const bench = (...parameters: string[]) =>
  copy.run("npm", "run", "bench", "--", "--rounds=1", "--seconds=1", ...parameters);
const listChanges = async () => {
  const { said } = await copy.run("git", "status", "--porcelain");
  return said.trim().split(/\s*\n\s*/);
};

it(
  "npm run bench -- --write verifies and measures all programs, and writes the page and its picture",
  async () => {
    const { code, said } = await bench("--write");
    expect(code, said.slice(-8_000)).toBe(0);
    expect(said.match(/answers correctly/g)).toHaveLength(3);
    expect(said.match(/^\| .* \| \d+ +\| \d+\.\d\d +\|/gm)).toHaveLength(13);
    const page = await copy.read("docs/performance.md");
    expect(page).toContain("| organization page ");
    expect(await listChanges()).toEqual(["M docs/performance.md", "M docs/performance.svg"]);
    const formatted = await copy.run("npm", "exec", "--", "oxfmt", "--check", "docs");
    expect(formatted.code, formatted.said).toBe(0);
    await copy.run("git", "checkout", "docs");
  },
  timeoutMs,
);

it.each([
  ["lists a member too few", "user_id limit 20`", "user_id limit 19`", "the members are"],
  ["serves other organizations", "and m.user_id = $2`", "and $2::uuid is not null`", "404"],
])(
  "npm run bench fails when a program %s, and leaves the folder as it was",
  async (_fault, right, wrong, complaint) => {
    const file = "bench/plain-koa.ts";
    const text = await copy.read(file);
    expect(text).toContain(right);
    await copy.write(file, text.replaceAll(right, wrong));
    const { code, said } = await bench("--scenarios=list");
    await copy.write(file, text);
    expect(code).toBe(1);
    expect(await listChanges()).toEqual([""]);
    expect(said).toContain("plain Koa answers wrongly");
    expect(said).toContain(complaint);
  },
  timeoutMs,
);
