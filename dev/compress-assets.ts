import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Smaller files fit into one packet as they are. */
const smallest = 1_400;

/**
 * Compresses the files of public/ as far as it goes, since browsers get them thousands of times for each build.
 * src/http/assets.ts serves the results.
 */
export function compressAssets(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/\.(br|gz)$/.test(name)) rmSync(join(folder, name));
  }
  for (const name of readdirSync(folder)) {
    const content = readFileSync(join(folder, name));
    if (content.length < smallest || !/\.(css|svg|js|txt)$/.test(name)) continue;
    const params = {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) compressAssets("public");
