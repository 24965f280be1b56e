import { Router } from "@koa/router";
import Koa from "koa";
import { listen } from "../system/http-server.ts";
import { contentSecurityPolicy } from "../pages/document.tsx";
import { parseMail, type CaughtMail } from "./caught-mail.ts";
import { renderListPage, renderMailPage } from "./pages.tsx";
import { renderSamples } from "./rendered-samples.ts";
import { renderSamplesPage } from "./samples-page.tsx";
import { listenForMail } from "./smtp.ts";

export type MailCatcher = {
  /** For nodemailer: `smtp://127.0.0.1:<port>`. */
  smtpUrl: string;
  /** Address of the pages that show the mails. */
  url: string;
  /** Newest first, the last 200. */
  messages(): readonly CaughtMail[];
  stop(): Promise<void>;
};

const limit = 200;

/**
 * Catches every mail sent to it and shows it on a page; keeps them in memory. Ports on 127.0.0.1; 0: any free one.
 *
 * @throws {Error} with the code EADDRINUSE when a port is taken
 */
export async function startMailCatcher(ports: {
  smtpPort: number;
  httpPort: number;
}): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  let count = 0;
  const smtp = await listenForMail(ports.smtpPort, async (raw, envelope) => {
    const parsed = await parseMail(raw, envelope);
    count += 1;
    mails.unshift({ id: count, receivedAt: new Date(), ...parsed });
    mails.length = Math.min(mails.length, limit);
  });
  const smtpUrl = `smtp://127.0.0.1:${smtp.port}`;
  const http = await listen(ports.httpPort).catch(async (fault: unknown) => {
    await smtp.stop();
    throw fault;
  });
  const app = new Koa();
  app.use(createRouter(mails, smtpUrl).routes());
  http.serve(app.callback());
  return {
    smtpUrl,
    url: `http://localhost:${http.port}`,
    messages: () => [...mails],
    async stop() {
      await Promise.all([smtp.stop(), http.stop()]);
    },
  };
}

function createRouter(mails: readonly CaughtMail[], smtpUrl: string): Router {
  const router = new Router();

  router.use((ctx, next) => {
    ctx.set("Content-Security-Policy", contentSecurityPolicy);
    return next();
  });

  router.get("/", (ctx) => {
    const isStill = "still" in ctx.query;
    if (!isStill) ctx.set("Refresh", "5");
    ctx.body = renderListPage(mails, { smtpUrl, isStill });
  });

  router.get("/samples", async (ctx) => {
    ctx.body = renderSamplesPage(await renderSamples());
  });

  router.get("/mails/:id", (ctx) => {
    const mail = findMail(ctx.params["id"]);
    if (mail) ctx.body = renderMailPage(mail);
  });

  // The markup is foreign: it gets no script and nothing from the network, and its links open in another tab.
  router.get("/mails/:id/html", (ctx) => {
    const html = findMail(ctx.params["id"])?.html;
    if (html === undefined) return;
    ctx.set(
      "Content-Security-Policy",
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    );
    ctx.type = "html";
    ctx.body = `<!doctype html><base target="_blank">${html}`;
  });

  return router;

  function findMail(id: string | undefined): CaughtMail | undefined {
    return mails.find((mail) => String(mail.id) === id);
  }
}
