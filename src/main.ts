import { setTimeout as wait } from "node:timers/promises";

import { createApp } from "./app.tsx";
import { createOpenIdClient } from "./relying-party/relying-party.ts";
import { allJobs } from "./features.ts";
import { type Config, readConfig } from "./config.ts";
import { InvalidConfigError } from "./runtime/settings.ts";
import { checkDatabase, UnfitDatabaseError } from "./database/boot-check.ts";
import { openDatabase } from "./database/database.ts";
import { openJobPool } from "./database/job-pool.ts";
import { writeError } from "./runtime/describe-error.ts";
import { readEnvFile } from "./runtime/environment.ts";
import { createWebServer } from "./http/server.ts";
import { startWorker } from "./jobs/worker.ts";
import { captureConsole, createLogger } from "./runtime/logger.ts";
import { createManagementApi } from "./logto/client/management-api.ts";
import { createMailer } from "./mail/mailer.ts";
import { startProviderProbe } from "./operations/provider-probe.ts";
import { productName } from "./runtime/product.ts";

/** Milliseconds that requests may still take after a signal to stop. */
const drainLimit = 20_000;

/** Milliseconds of that which are kept for returning unfinished jobs to the queue. */
const jobMargin = 5_000;

process.on("uncaughtException", failToStart);
try {
  readEnvFile();
  await start(readConfig(process.env));
} catch (error) {
  failToStart(error);
}

async function start(config: Config): Promise<void> {
  // Node's own stream: when nobody reads the log any more, pino's default retries forever at exit.
  process.stdout.on("error", () => undefined);
  const logger = createLogger(config.logLevel, process.stdout);
  // A developer reads the console itself.
  if (!config.isDevelopment) captureConsole(logger);
  const database = openDatabase({ ...config.database, logger });
  await checkDatabase(database.unscoped);

  const draining = new AbortController();
  const openId = createOpenIdClient({ ...config.logto, baseUrl: config.baseUrl, logger });
  const { endpoint, management } = config.logto;
  const logto = management && createManagementApi({ endpoint, ...management });
  const { app } = createApp({
    config,
    database,
    openId,
    logto,
    logger,
    draining: draining.signal,
  });

  const respond = app.callback();
  const server = createWebServer({
    respond: (request, response) => void respond(request, response),
    logger,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.server.port, config.server.host, resolve);
  });
  logger.info({ url: config.baseUrl, address: server.address() }, "listening");
  // For a parent process with a channel: `npm run dev`, or a process manager.
  process.send?.("ready");
  const stopProbe = startProviderProbe({ look: openId.probe, logger });
  const { baseUrl } = config;
  const mailer = createMailer({ ...config.mail, baseUrl });
  if (config.mail.smtpUrl === undefined) logger.warn("SMTP_URL is not set: mail waits until it is");
  const stopWorker = startWorker({
    kinds: allJobs,
    openPool: () => openJobPool({ url: config.jobs.databaseUrl, logger }),
    context: {
      database,
      mailer,
      logto,
      huggingFace: { endpoint: config.huggingFace.endpoint, secrets: config.sessions.secrets },
      baseUrl,
      sessionLimits: config.sessions,
      logger,
    },
    logger,
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void drain(signal));
  process.off("uncaughtException", failToStart);
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "uncaught");
    process.exitCode = 1;
    void drain("uncaughtException");
  });

  async function drain(reason: string): Promise<void> {
    if (draining.signal.aborted) return;
    draining.abort();
    logger.info({ reason }, "draining");
    const delay = config.server.shutdownDelaySeconds * 1000;
    setTimeout(() => process.exit(1), delay + drainLimit).unref();
    await wait(delay);
    stopProbe();
    const closed = new Promise((resolve) => server.close(resolve));
    // A connection whose request ends only now becomes idle, and would keep the server open.
    setInterval(() => server.closeIdleConnections(), 250).unref();
    await Promise.all([closed, stopWorker(drainLimit - jobMargin)]);
    mailer.close();
    await database.close();
    logger.info("stopped");
    process.exit();
  }
}

/** Prints one readable block; only an unexpected error comes with its stack. */
function failToStart(error: unknown): never {
  const isForeseen = error instanceof InvalidConfigError || error instanceof UnfitDatabaseError;
  process.stderr.write(`${isForeseen ? error.message : describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  const { code, syscall }: Partial<NodeJS.ErrnoException> = error instanceof Error ? error : {};
  if (code === "EADDRINUSE")
    return `${productName} cannot start: its port is taken. Set PORT to a free one.`;
  if (code === "EADDRNOTAVAIL" || (code === "ENOTFOUND" && syscall === "getaddrinfo"))
    return `${productName} cannot start: HOST is no address of this machine.`;
  if (code === "EACCES" && syscall === "listen")
    return `${productName} cannot start: this account may not open its port. Set PORT to one above 1023.`;
  return `${productName} cannot start: ${writeError(error)}`;
}
