import { execFileSync } from "node:child_process";

import { expect, it } from "vitest";

import { spell } from "../../dev/rename/names.ts";
import { countName } from "../../dev/rename/replace.ts";
import { productName, productSlug } from "../../src/runtime/product.ts";
import { read, root } from "../support/documents.ts";

/** Code takes the name from the source. Here it has to be written out. */
const mayNameIt = ["src/runtime/product.ts", "src/database/pools.ts"];

// A renamed clone may have a name that is a word of the code. Its LICENSE still names the starter.
const isStarter = (await read("LICENSE")).includes(productName);

it.skipIf(!isStarter)("only src/runtime/product.ts has the product's name in code", async () => {
  const listed = execFileSync("git", ["ls-files", "src", "dev", "test", "bench", "*.ts", "*.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  const paths = listed.trim().split("\n");
  expect(paths).toEqual(expect.arrayContaining(mayNameIt));
  const naming: string[] = [];
  for (const path of paths) {
    const text = await read(path).catch(() => "");
    if (countName(text, spell(productName, productSlug)) > 0) naming.push(path);
  }
  expect(naming.toSorted()).toEqual(mayNameIt.toSorted());
});
