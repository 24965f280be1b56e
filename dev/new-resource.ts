import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { generatePrismaClient, runPrisma } from "./prisma/generate-client.ts";
import { type PlannedFile, planResource } from "./new-resource/plan.ts";
import { readWords, Refusal } from "./new-resource/words.ts";
import { say, sayFault, sayStep } from "./system/terminal.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `npm run new:resource -- tasks`: docs/adding-a-resource.md. */
async function main([name, ...others]: string[]): Promise<void> {
  if (name === undefined || others.length > 0) {
    throw new Refusal("Say one name, the plural: npm run new:resource -- tasks");
  }
  const words = readWords(name);
  const files = await planResource(root, words, new Date());
  await write(files);
  for (const { path, isNew } of files) sayStep(`${isNew ? "made    " : "extended"} ${path}`);
  const { kebab } = words.many;
  say(`
  Now there are /o/:slug/${kebab}, permissions ${words.one.kebab}:…, and their tests. What next:
    npm run dev      look at it; the migration is applied at the start, or at once where it runs
    npm run check    it fits in
  Then make it yours: docs/adding-a-resource.md, "One more column". As long as nobody else has the
  migration, edit it, and start with npm run dev -- --reset.`);
}

/** Writes all files, or nothing where a later step fails. */
async function write(files: PlannedFile[]): Promise<void> {
  const before = new Map<string, string>();
  for (const { path, isNew } of files) {
    if (!isNew) before.set(path, await readFile(join(root, path), "utf8"));
  }
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const sources = files.map(({ path }) => path).filter((path) => /\.tsx?$/.test(path));
    await run("node_modules/.bin/oxfmt", sources);
    await runPrisma("format");
    await generatePrismaClient();
    await run("npm", ["run", "docs"]);
  } catch (error) {
    for (const { path, isNew } of files) {
      if (isNew) await rm(join(root, dirname(path)), { recursive: true, force: true });
      else await writeFile(join(root, path), before.get(path) ?? "");
    }
    await generatePrismaClient();
    throw new Refusal(`It did not fit in: ${error instanceof Error ? error.message : ""}`);
  }
}

const run = (command: string, parameters: string[]) =>
  promisify(execFile)(command, parameters, { cwd: root });

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  sayFault(`${error.message} Nothing was changed.`);
  process.exitCode = 1;
}
