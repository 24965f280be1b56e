import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { afterAll, beforeAll, expect } from "vitest";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { createOrganization } from "../../src/organizations/organization.ts";
import { createSession } from "../../src/sessions/sessions.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { useApplication } from "../support/application.ts";
import { writeSessionCookie } from "../support/session-cookie.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };

/**
 * The application, with a network to its database that can be broken.
 *
 * @param create makes the database; unless given, on the PostgreSQL of the whole run
 */
export function useOutages(
  parameters: Record<string, string> = {},
  create: () => Promise<TestDatabase> = createTestDatabase,
) {
  const lines: string[] = [];
  let direct: TestDatabase;
  let proxy: TcpProxy;
  let database: Database;

  beforeAll(async () => {
    direct = await create();
    proxy = await startTcpProxy(direct.url);
    const url = new URL(proxy.url);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const logger = createLogger("trace", { write: (line) => lines.push(line) });
    database = openDatabase({ url: url.href, poolSize: 3, logger });
  });
  afterAll(async () => {
    await proxy.restore();
    await database.close();
    await proxy.close();
    await direct.drop();
  });
  const application = useApplication({
    dependencies: {
      get database() {
        return database;
      },
    },
  });

  /** Of each who is signed in, by their cookie. */
  const settings = new Map<string, string>();

  const world = {
    application,
    get database() {
      return database;
    },
    get proxy() {
      return proxy;
    },
    /** Past the broken network. */
    query: <Row extends object>(statement: string, values?: unknown[]) =>
      direct.query<Row>(statement, values),
    /** Ends all connections to this database, as an administrator or a restart does. */
    terminateAll: () =>
      direct.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      ),
    async createPerson(): Promise<string> {
      const [row] = await direct.query<{ id: string }>(
        "insert into users (id, issuer, subject, name) values (gen_random_uuid(), 'test', $1, 'Ada') returning id",
        [randomUUID()],
      );
      return row?.id ?? "";
    },
    /** The Cookie header of someone who is signed in, and has an organization. */
    async signIn(): Promise<string> {
      const userId = await this.createPerson();
      const { slug } = await createOrganization(database, { name: "Acme", userId }, null);
      const session = { userId, idpSid: null, userAgent: "test", ip: "127.0.0.1" };
      const { id } = await createSession(database.unscoped, session);
      const { baseUrl, sessions } = application.config;
      const cookie = writeSessionCookie(baseUrl, id, sessions.secrets[0] ?? "");
      settings.set(cookie, `/o/${slug}/settings`);
      return cookie;
    },
    /** Opens a page. @returns what a browser gets, and how many milliseconds it waited */
    async open(path: string, { cookie = "", method = "GET", body = "" } = {}) {
      const started = performance.now();
      const answer = await fetch(application.baseUrl + path, {
        method,
        redirect: "manual",
        headers: { cookie, accept: "text/html", "sec-fetch-site": "same-origin", ...form },
        ...(method === "POST" && { body }),
      });
      const text = await answer.text();
      const milliseconds = performance.now() - started;
      return { status: answer.status, headers: answer.headers, text, milliseconds };
    },
    /** Renames their organization: many statements, and a commit. @returns the status */
    async write(cookie: string): Promise<number> {
      const body = `name=${randomUUID()}`;
      const path = settings.get(cookie) ?? "";
      return (await world.open(path, { cookie, method: "POST", body })).status;
    },
    /** Has six browsers read and write all the time. @returns every status that one of them has got, once */
    async strain(cookie: string, harm: () => Promise<unknown>): Promise<number[]> {
      const statuses = new Set<number>();
      const over = new AbortController();
      const browse = async () => {
        while (!over.signal.aborted) {
          statuses.add((await world.open("/account", { cookie })).status);
          statuses.add((await world.open("/organizations", { cookie })).status);
          statuses.add(await world.write(cookie));
          await wait(20);
        }
      };
      const browsers = Array.from({ length: 6 }, browse);
      await harm();
      over.abort();
      await Promise.all(browsers);
      return [...statuses].toSorted((a, b) => a - b);
    },
    /** Waits until a change is made. @returns how long that was, in milliseconds */
    async heal(cookie: string): Promise<number> {
      const started = performance.now();
      await expect.poll(() => world.write(cookie)).toBe(303);
      return performance.now() - started;
    },
  };
  return world;
}
