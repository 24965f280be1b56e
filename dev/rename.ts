import { execFile } from "node:child_process";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import packageJson from "../package.json" with { type: "json" };
import { productName, productSlug } from "../src/runtime/product.ts";
import { codeOf } from "./system/faults.ts";
import { type Names, readNames, spell, UnfitNameError } from "./rename/names.ts";
import { planRename } from "./rename/plan.ts";
import { say, sayFault, sayNote, sayStep } from "./system/terminal.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const usage = 'Say the name: npm run rename -- "Acme Cloud" [--slug acme-cloud] [--force]';

/** `npm run rename -- "Acme Cloud"`: docs/renaming.md. */
async function main(parameters: string[]): Promise<void> {
  const { positionals, values } = readParameters(parameters);
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new UnfitNameError(usage);
  const { dependencies, devDependencies } = packageJson;
  const to = readNames(name, values.slug, Object.keys({ ...dependencies, ...devDependencies }));
  const from = spell(productName, productSlug);
  if (to.text === from.text && to.kebab === from.kebab) return sayStep(`It is ${to.text} already.`);

  const paths = await listFiles(values.force);
  const { changes, before } = await planRename(root, paths, { from, to });
  for (const { path, newPath, text } of changes) {
    if (text !== undefined) await writeFile(join(root, path), text);
    if (newPath !== path) await rename(join(root, path), join(root, newPath));
  }
  await run("node_modules/.bin/oxfmt", ["--no-error-on-unmatched-pattern", "."]);

  sayStep(`${from.text} is ${to.text} now, and ${from.kebab} is ${to.kebab}.`);
  sayStep(`${changes.length} files have changed: git diff --stat`);
  if (before > 0 || to.text === to.kebab) {
    const why =
      before > 0 ? `the files had that name ${before} times before` : "the slug is the same word";
    sayNote(
      `A later rename cannot tell apart what ${to.text} stands for (${why}): begin that one from the commit before this.`,
    );
  }
  await sayRest(from, to);
}

function readParameters(args: string[]) {
  const options = {
    slug: { type: "string" },
    force: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    throw new UnfitNameError(usage);
  }
}

/** All files in git. @throws {UnfitNameError} when a change could not be told apart from what was there */
async function listFiles(isForced: boolean): Promise<string[]> {
  const status = await run("git", ["status", "--porcelain"]).catch(() => {
    throw new UnfitNameError("This is no git repository: run git init, and commit all files.");
  });
  if (status !== "" && !isForced) {
    throw new UnfitNameError("Some files have changed since the last commit: commit, or --force.");
  }
  const [all, deleted] = await Promise.all([
    run("git", ["ls-files", "-z"]),
    run("git", ["ls-files", "-z", "--deleted"]),
  ]);
  const gone = new Set(deleted.split("\0"));
  return all.split("\0").filter((path) => path !== "" && !gone.has(path));
}

/** Lists what a person has to do. */
async function sayRest(from: Names, to: Names): Promise<void> {
  const picture = `docs/images/${to.kebab}.png`;
  const rest = [
    ["src/landing/content.ts", "the words of the front page: say what your product does"],
    ["README.md", "it still says what the starter is: say what yours is"],
    ["src/views/logo.tsx, public/*.svg", "the mark"],
    [`${picture}, docs/screenshots/`, "the pictures: npm run screenshots"],
    ["package.json", "description, license"],
    ["LICENSE, SECURITY.md", "whose it is, and who hears of holes"],
    ["BASE_URL, MAIL_FROM", "your domain, where it runs"],
  ];
  const env = await readFile(join(root, ".env"), "utf8").catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    return "";
  });
  if (env.includes(from.text) || env.includes(from.snake)) {
    rest.push([".env", `it still names ${from.text}`]);
  }
  say();
  say("  What is left to you:");
  const width = Math.max(...rest.map(([where = ""]) => where.length));
  for (const [where = "", what = ""] of rest) say(`    ${where.padEnd(width + 2)}${what}`);
  if (from.snake === to.snake) return;
  say();
  say(`  The database and its role have another name now. Start with: npm run dev -- --reset`);
  say(`  Does ${from.text} run anywhere already? Then keep its slug: docs/renaming.md`);
}

async function run(command: string, parameters: string[]): Promise<string> {
  const options = { cwd: root, maxBuffer: 2 ** 26 };
  return (await promisify(execFile)(command, parameters, options)).stdout;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UnfitNameError)) throw error;
  sayFault(`${error.message}\nNothing was changed.`);
  process.exitCode = 1;
}
