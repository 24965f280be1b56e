import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";

import type { Middleware } from "koa";

import type { Assets } from "./assets.ts";

const scriptPath = "/development/reload.js";
const versionPath = "/development/version";

/** Asks for the version once a second while the page is visible, and reloads the page when it has changed. */
const script = `let known;
async function look() {
  if (document.visibilityState === "hidden") return;
  const answer = await fetch("${versionPath}").catch(() => undefined);
  if (!answer?.ok) return;
  const version = await answer.text();
  if (known !== undefined && known !== version) location.reload();
  known = version;
}
setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
look();
`;

/**
 * For development only: pages reload after the application has restarted or the style sheet has changed.
 *
 * Browsers poll, since a connection that stays open would delay the shutdown of the application. A page that answers a
 * form does not reload, since the browser would send the form once more.
 *
 * @param assets those of the pages; they are read again for each request
 */
export function reloadBrowsers(assets: Assets): Middleware {
  const start = randomUUID();
  const readVersion = async () => {
    const sheet = await stat(join(assets.folder, "app.css")).catch(() => undefined);
    return `${start} ${sheet?.mtimeMs ?? 0}`;
  };
  return async (ctx, next) => {
    if (ctx.path === versionPath || ctx.path === scriptPath) {
      // The connection closes, so that none is open when the application ends.
      ctx.set({
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        Connection: "close",
      });
      ctx.type = ctx.path === scriptPath ? "text/javascript" : "text/plain";
      ctx.body = ctx.path === scriptPath ? script : await readVersion();
      return;
    }
    assets.refresh();
    await next();
    if (ctx.response.get("Cache-Control").includes("max-age")) ctx.set("Cache-Control", "no-cache");
    // The router sends bytes, the error boundary a text.
    const page: unknown = Buffer.isBuffer(ctx.body) ? ctx.body.toString() : ctx.body;
    if (ctx.method !== "GET" || typeof page !== "string" || !ctx.response.is("html")) return;
    ctx.body = page.replace("</head>", `<script src="${scriptPath}" defer></script></head>`);
  };
}
