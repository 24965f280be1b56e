import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { compressAssets } from "../../dev/compress-assets.ts";
import { readAssets } from "../../src/http/assets.ts";
import { createSmallApplication } from "./small-application.ts";

const sheet = `.a { color: red }\n`.repeat(200);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assets-"));
  writeFileSync(join(folder, "app.css"), sheet);
  writeFileSync(join(folder, "favicon.svg"), "<svg/>");
});
afterEach(() => rmSync(folder, { recursive: true }));

function serve() {
  const assets = readAssets(folder);
  const { request } = createSmallApplication({ middleware: [assets.serve] });
  const get = (path: string, accepted = "identity") =>
    request.get(path).set("Accept-Encoding", accepted);
  return { assets, request, get, path: assets.pathOf("app.css") };
}

describe("readAssets: names", () => {
  it("has a hash of the content in each name, and caches keep it for a year", async () => {
    const { get, path, assets } = serve();
    expect(path).toMatch(/^\/app\.[0-9a-f]{16}\.css$/);
    const answer = await get(path);
    expect(answer.text).toBe(sheet);
    expect(answer.headers).toMatchObject({
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
    const icon = await get(assets.pathOf("favicon.svg"));
    expect(icon.headers["content-type"]).toBe("image/svg+xml");
  });

  it("changes the name with the content, and answers the old one as any unknown address", async () => {
    const { assets, path, get } = serve();
    writeFileSync(join(folder, "app.css"), ".b { color: blue }");
    expect(serve().path).not.toBe(path);
    assets.refresh();
    expect(assets.pathOf("app.css")).toBe(serve().path);
    const old = await get(path);
    expect(old.status).toBe(404);
    expect(old.headers["cache-control"]).toBe("no-store");
    expect((await get(assets.pathOf("app.css"))).text).toBe(".b { color: blue }");
  });

  it("serves the plain name for five minutes, and nothing else of the folder", async () => {
    compressAssets(folder);
    const { get, request, assets, path } = serve();
    expect((await get("/app.css")).headers["cache-control"]).toBe("public, max-age=300");
    for (const other of [
      "/app.css.br",
      "/App.css",
      "/app.css/",
      "//app.css",
      "/%2e/app.css",
      "/",
    ]) {
      expect((await get(other)).status, other).toBe(404);
    }
    expect((await request.post(path)).status).toBe(404);
    const head = await request.head(path).set("Accept-Encoding", "identity");
    expect(head.headers["content-length"]).toBe(String(sheet.length));
    expect(assets.pathOf("missing.css")).toBe("/missing.css");
  });
});

describe("readAssets: compressed forms", () => {
  it.each([
    ["br, gzip", "br", "app.css.br"],
    ["gzip, deflate, br, zstd", "br", "app.css.br"],
    ["gzip", "gzip", "app.css.gz"],
    ["br;q=0, gzip", "gzip", "app.css.gz"],
    ["identity", undefined, "app.css"],
    ["zstd", undefined, "app.css"],
  ])("answers Accept-Encoding: %s with %s", async (accepted, encoding, file) => {
    compressAssets(folder);
    const { get, path } = serve();
    const answer = await get(path, accepted).buffer(true);
    expect(answer.headers["content-encoding"]).toBe(encoding);
    expect(answer.headers["vary"]).toBe("Accept-Encoding");
    expect(answer.headers["content-type"]).toBe("text/css; charset=utf-8");
    const { size } = statSync(join(folder, file));
    expect(answer.headers["content-length"]).toBe(String(size));
    expect(size <= sheet.length / 4).toBe(encoding !== undefined);
  });

  it("leaves out a compressed form of something else, and small files as they are", async () => {
    compressAssets(folder);
    writeFileSync(join(folder, "app.css.br"), brotliCompressSync("of an earlier build"));
    const { get, path, assets } = serve();
    expect((await get(path, "br")).text).toBe(sheet);
    const icon = await get(assets.pathOf("favicon.svg"), "br, gzip");
    expect(icon.headers).not.toHaveProperty("content-encoding");
    expect(icon.headers).not.toHaveProperty("vary");
  });
});
