import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, parse } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import type { Middleware } from "koa";

/** The compressed forms of a file that may lie beside it, the preferred first. */
const encodings = [
  { name: "br", ending: ".br", unpack: brotliDecompressSync },
  { name: "gzip", ending: ".gz", unpack: gunzipSync },
] as const;

type Asset = {
  type: string;
  /** With a hash of the content in its name. */
  path: string;
  content: Buffer;
  compressed: Map<string, Buffer>;
};

/** The files of one flat folder, kept in memory: style sheets, icons, small pictures. */
export type Assets = {
  folder: string;
  /** The address of a file. It changes with the content, so caches may keep the file for a year. */
  pathOf(name: string): string;
  /** Reads the folder again. */
  refresh(): void;
  /** Answers the addresses of the files. Every other path goes on to the routes. */
  serve: Middleware;
};

/**
 * Reads the files of a folder and serves each under two names: `/app.0123456789abcdef.css`, which never changes, and
 * `/app.css`, for five minutes. `app.css.br` and `app.css.gz` are not files of their own: browsers that accept such an
 * encoding get them in place of `app.css`, unless they hold something else, such as the style sheet of an earlier build.
 */
export function readAssets(folder: string): Assets {
  let assets = readFolder(folder);
  let byPath = index(assets);
  return {
    folder,
    pathOf: (name) => assets.get(name)?.path ?? `/${name}`,
    refresh() {
      assets = readFolder(folder);
      byPath = index(assets);
    },
    serve(ctx, next) {
      const asset = byPath.get(ctx.path);
      if (!asset || (ctx.method !== "GET" && ctx.method !== "HEAD")) return next();
      const isFixed = ctx.path === asset.path;
      ctx.type = asset.type;
      ctx.set("Cache-Control", `public, max-age=${isFixed ? "31536000, immutable" : "300"}`);
      if (asset.compressed.size > 0) ctx.vary("Accept-Encoding");
      // One at a time: browsers accept both alike and name gzip first.
      const accepted = [...asset.compressed].find(([name]) => ctx.acceptsEncodings(name) === name);
      if (accepted) ctx.set("Content-Encoding", accepted[0]);
      ctx.body = accepted ? accepted[1] : asset.content;
      return Promise.resolve();
    },
  };
}

function readFolder(folder: string): Map<string, Asset> {
  const names = readdirSync(folder);
  const isCompressed = (name: string) =>
    encodings.some(({ ending }) => name.endsWith(ending) && names.includes(parse(name).name));
  return new Map(
    names.filter((name) => !isCompressed(name)).map((name) => [name, readAsset(folder, name)]),
  );
}

function readAsset(folder: string, name: string): Asset {
  const content = readFileSync(join(folder, name));
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const type = extname(name);
  const compressed = new Map<string, Buffer>();
  for (const { name: encoding, ending, unpack } of encodings) {
    const path = join(folder, name + ending);
    const body = existsSync(path) ? readFileSync(path) : undefined;
    if (body && unpack(body).equals(content)) compressed.set(encoding, body);
  }
  return { type, path: `/${parse(name).name}.${hash}${type}`, content, compressed };
}

function index(assets: ReadonlyMap<string, Asset>): Map<string, Asset> {
  return new Map(
    [...assets].flatMap(([name, asset]) => [
      [`/${name}`, asset],
      [asset.path, asset],
    ]),
  );
}
