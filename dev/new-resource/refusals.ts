import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

import { listNames, renamePath, renameSource } from "./rename.ts";
import { Refusal, type Words } from "./words.ts";

/** @throws {Refusal} when the repository has such a folder, model, table, permission, feature or address already */
export async function refuseTaken(root: string, words: Words): Promise<void> {
  const { one, many } = words;
  for (const folder of [`src/${many.kebab}`, `test/${many.kebab}`]) {
    if (existsSync(join(root, folder))) throw new Refusal(`There is ${folder}/ already.`);
  }
  const schema = await readFile(join(root, "prisma/schema.prisma"), "utf8");
  const taken = [
    { what: `a model or type ${one.pascal}`, pattern: `^(model|enum|type|view) ${one.pascal} ` },
    { what: `a table ${many.snake}`, pattern: `@@map\\("${many.snake}"\\)` },
    { what: `a relation ${many.camel}`, pattern: `^ +${many.camel} ` },
  ].find(({ pattern }) => new RegExp(pattern, "m").test(schema));
  if (taken) throw new Refusal(`prisma/schema.prisma has ${taken.what} already.`);

  const roles = await readFile(join(root, "src/access/roles.ts"), "utf8");
  if (roles.includes(`"${one.kebab}:`)) {
    throw new Refusal(`src/access/roles.ts has permissions of ${one.kebab} already.`);
  }
  const list = await readFile(join(root, "src/features.ts"), "utf8");
  if (new RegExp(`\\b(const|type|import \\{) ${many.camel}\\b`).test(list)) {
    throw new Refusal(`src/features.ts has the name ${many.camel} already.`);
  }
  const address = `/o/:slug/${many.kebab}`;
  for await (const path of glob("src/**/*.{ts,tsx}", { cwd: root })) {
    const text = await readFile(join(root, path), "utf8");
    if (text.includes(`"${address}"`) || text.includes(`"${address}/`)) {
      throw new Refusal(`${path} serves ${address} already.`);
    }
  }
}

/** @throws {Refusal} when a new name would be one that the sample has for something else */
export function refuseAmbiguous(sample: { path: string; text: string }[], words: Words): void {
  const name = words.many.kebab;
  // The generator would copy the lines of this resource for the next one.
  if (/project/.test(name)) throw new Refusal(`${name} has the sample's own word in it.`);
  const paths = sample.flatMap(({ path }) => [path, renamePath(path, words)]);
  for (const { path, text } of sample) {
    // Where two names became one, there are fewer names.
    const names = listNames(path, text);
    const isClear = listNames(path, renameSource(path, text, words)).size === names.size;
    const isAlone = paths.filter((each) => each === renamePath(path, words)).length === 1;
    if (!isClear || !isAlone) {
      throw new Refusal(`${name}: ${path} has that word for something else.`);
    }
  }
}
