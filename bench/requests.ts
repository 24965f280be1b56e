import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import autocannon from "autocannon";
import pino from "pino";

import { findAnyPort } from "../dev/system/ports.ts";
import { startPostgres } from "../dev/postgres/postgres.ts";
import { mirrorUser } from "../src/identity/users.ts";
import { openDatabase } from "../src/database/database.ts";
import { applyMigrations } from "../src/database/migrate.ts";
import { createOrganization } from "../src/organizations/organization.ts";
import { createSession } from "../src/sessions/sessions.ts";
import { writeSessionCookie } from "../test/support/session-cookie.ts";
import { prepareChanges } from "./change-project.ts";

// `npm run bench`: requests per second, each as a ratio to bare Koa running one prepared statement,
// measured in turns in one run, so that they can be compared on any machine. Needs `npm run build`.

const rounds = 3;
const seconds = 4;
const sessionSecret = "a secret for nothing but the benchmark";

const directory = await mkdtemp(join(tmpdir(), "bench-"));
const postgres = await startPostgres({ directory, port: 0, durable: false });
const servers: ChildProcess[] = [];
try {
  const databaseUrl = await postgres.createDatabase("bench");
  await applyMigrations(databaseUrl);
  const { slug, sessionId, changes } = await seed(databaseUrl);
  const bare = await start(["--import", "tsx", "bench/bare-koa.ts"], databaseUrl);
  const application = await start(["dist/main.js"], databaseUrl);
  const home = `/o/${slug}`;
  const headers = { cookie: writeSessionCookie(application, sessionId, sessionSecret) };
  const contenders = [
    { name: "bare Koa, one prepared statement", url: bare + home, headers },
    { name: "alive: no database", url: `${application}/livez` },
    { name: "landing page: no session", url: `${application}/` },
    {
      name: "session, redirect to the last organization",
      url: `${application}/`,
      headers,
      status: 303,
    },
    { name: "session and account page", url: `${application}/account`, headers },
    {
      name: "session, membership, tenant transaction, organization page",
      url: application + home,
      headers,
    },
    { name: "members page, 20 people", url: `${application + home}/members`, headers },
    {
      name: "members as JSON, 20 people",
      url: `${application}/api/v1/organizations/${slug}/members`,
      headers,
    },
    changes(application, home, headers),
  ];
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, status = 200, ...request } of contenders) {
      const load = { ...request, duration: seconds, connections: 10 };
      const { requests, statusCodeStats = {} } = await autocannon(load);
      const statuses = Object.keys(statusCodeStats);
      if (statuses.join() !== String(status))
        throw new Error(`${name}: answered ${statuses.join(", ")}, not ${status}`);
      rates.set(name, [...(rates.get(name) ?? []), requests.average]);
    }
  }
  const [yardstick = 1] = [...rates.values()].map(median);
  for (const [name, values] of rates) {
    const rate = median(values);
    print(`${(rate / yardstick).toFixed(2)}  ${String(Math.round(rate)).padStart(6)}/s  ${name}`);
  }
} finally {
  for (const server of servers) server.kill();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function seed(url: string) {
  const database = openDatabase({ url, poolSize: 1, logger: pino({ level: "silent" }) });
  const createUser = (subject: string) =>
    database.unscoped.$transaction((tx) =>
      mirrorUser(tx, {
        issuer: "https://id.example/oidc",
        subject,
        name: `Benny ${subject}`,
        username: null,
        email: null,
        emailVerified: false,
        picture: null,
        identities: [],
      }),
    );
  const userId = await createUser("bench");
  const organization = await createOrganization(database, { name: "Bench", userId }, null);
  const { id: organizationId, slug } = organization;
  for (let count = 1; count < 20; count += 1) {
    const memberId = await createUser(`member-${count}`);
    await database.forOrganization(organizationId, (tx) =>
      tx.membership.create({ data: { organizationId, userId: memberId, role: "member" } }),
    );
  }
  const request = { id: "bench", ip: "127.0.0.1", userAgent: "bench" };
  const actor = { user: { id: userId }, organization, request };
  const changes = await prepareChanges(database, actor);
  const { id } = await database.unscoped.$transaction((tx) =>
    createSession(tx, { userId, idpSid: null, userAgent: "bench", ip: "127.0.0.1" }),
  );
  await database.close();
  return { slug, sessionId: id, changes };
}

async function start(command: string[], databaseUrl: string): Promise<string> {
  const port = await findAnyPort();
  const origin = `http://localhost:${port}`;
  const server = spawn(process.execPath, command, {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "test",
      LOG_LEVEL: "warn",
      PORT: String(port),
      BASE_URL: origin,
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_SIZE: "5",
      SESSION_SECRET: sessionSecret,
      ORGANIZATION_REQUESTS_PER_MINUTE: "0",
      LOGTO_ENDPOINT: "http://127.0.0.1:9",
      LOGTO_APP_ID: "bench",
      LOGTO_APP_SECRET: "bench",
    },
  });
  servers.push(server);
  const ended = once(server, "exit").then(() =>
    Promise.reject(new Error(`${command.join(" ")} ended`)),
  );
  await Promise.race([ended, answering(origin)]);
  return origin;
}

async function answering(origin: string): Promise<void> {
  while (
    !(await fetch(origin).then(
      () => true,
      () => false,
    ))
  )
    await wait(50);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
