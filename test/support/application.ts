import { randomUUID } from "node:crypto";
import { Agent as HttpAgent, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import supertest from "supertest";
import { afterAll, beforeAll } from "vitest";

import { createApp, type Dependencies } from "../../src/app.tsx";
import { type Config, readConfig } from "../../src/config.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import type { Role } from "../../src/access/roles.ts";
import { createOrganization } from "../../src/organizations/organization.ts";
import { createSession } from "../../src/sessions/sessions.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { createOpenIdClient } from "../../src/relying-party/relying-party.ts";
import { productSlug } from "../../src/runtime/product.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { createWebServer, type ServerLimits } from "../../src/http/server.ts";
import { openOrigin } from "./join-requests.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { takeCookies, writeSessionCookie } from "./session-cookie.ts";
import { type CaughtMail, openPostOffice, type PostOffice } from "./post-office.ts";

export type Person = { id: string; name: string };
export type Organization = { id: string; slug: string; name: string };

/** Seconds since the person proved their identity. The default is unknown. */
type Proof = { authenticationAge?: number | null };

/** A browser that keeps its cookies and sends what browsers send with a form of our own pages. */
export type Agent = ReturnType<typeof supertest.agent>;

export type RunningApplication = ReturnType<typeof useApplication>;

export type ApplicationOptions = {
  environment?: Record<string, string>;
  /** Runs once the application's address is known, for instance to start an identity provider. */
  identityProvider?: (baseUrl: string) => Promise<{
    endpoint: string;
    appId: string;
    appSecret: string;
    environment?: Record<string, string>;
  }>;
  /** Milliseconds. */
  requestTimeout?: number;
  /** Multiplies the timeouts of the database. 1 for tests of these timeouts; the default is 10, since machines are busy. */
  slowness?: number;
  dependencies?: Partial<Dependencies>;
  /** Of the server: milliseconds, and how many connections. */
  limits?: Partial<ServerLimits>;
};

/** The real application for the tests of a file, on a database of its own. */
export function useApplication(options: ApplicationOptions = {}) {
  const lines: string[] = [];
  const logger = createLogger("trace", { write: (line) => lines.push(line) });
  let testDatabase: TestDatabase;
  let database: Database;
  let instance: Instance;
  // A new connection for each request would cost as much as the answer.
  const keptAlive = new HttpAgent({ keepAlive: true });
  let postOffice: Promise<PostOffice> | undefined;
  let count = 0;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const { slowness = 10 } = options;
    database = openDatabase({ url: testDatabase.url, poolSize: 5, logger, slowness });
    instance = await startInstance();
  });
  afterAll(async () => {
    keptAlive.destroy();
    await instance?.stop();
    await (await postOffice)?.stop();
    await database?.close();
    await testDatabase?.drop();
  });

  async function startInstance(publicUrl?: string, connections?: Database): Promise<Instance> {
    let respond: RequestListener = () => undefined;
    const server = createWebServer({
      respond: (request, response) => respond(request, response),
      logger,
      limits: { idle: 0, ...options.limits },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
    const provider = (await options.identityProvider?.(publicUrl ?? baseUrl)) ?? nobodyThere;
    const config = readConfig({
      NODE_ENV: "test",
      BASE_URL: publicUrl ?? baseUrl,
      DATABASE_URL: testDatabase.url,
      SESSION_SECRET: "only for tests",
      METRICS_TOKEN: "only for tests, too",
      LOGTO_WEBHOOK_SIGNING_KEY: "only for webhooks of tests",
      LOGTO_ENDPOINT: provider.endpoint,
      LOGTO_APP_ID: provider.appId,
      LOGTO_APP_SECRET: provider.appSecret,
      ...provider.environment,
      ...options.environment,
    });
    const openId = createOpenIdClient({
      ...config.logto,
      baseUrl: config.baseUrl,
      logger,
      requestTimeout: options.requestTimeout ?? 3_000,
    });
    const { endpoint, management } = config.logto;
    // Tests that take Logto away do not wait for long once it is back.
    const logto = management && createManagementApi({ endpoint, ...management, recoveryTime: 500 });
    const draining = new AbortController();
    const { app, routes } = createApp({
      config,
      logto,
      database: connections ?? database,
      openId,
      logger,
      draining: draining.signal,
      signInLimit: { attempts: 10_000, seconds: 60 },
      moreFeatures: [{ joinOrigins: [openOrigin] }],
      context: {
        // The record of a claimed domain is there at once.
        resolveTxt: (name) =>
          testDatabase
            .query<{ value: string }>(
              `select '${productSlug}-verification=' || challenge as value from email_domains
                where '_${productSlug}.' || domain = $1`,
              [name],
            )
            .then((records) => records.map(({ value }) => [value])),
      },
      ...options.dependencies,
    });
    const callback = app.callback();
    respond = (request, response) => void callback(request, response);
    const stop = () => {
      draining.abort();
      return close(server);
    };
    return { server, baseUrl, config, routes, logto, drain: () => draining.abort(), stop };
  }

  /** The Cookie header of a new session, and its id. */
  async function createSessionCookie(person: Person, { authenticationAge = null }: Proof = {}) {
    const client = { idpSid: null, userAgent: "test", ip: "127.0.0.1" };
    const session = await createSession(database.unscoped, {
      userId: person.id,
      ...client,
      authenticationAge,
    });
    const { baseUrl, sessions } = instance.config;
    const [secret = ""] = sessions.secrets;
    return { id: session.id, cookie: writeSessionCookie(baseUrl, session.id, secret) };
  }

  const visitor = (): Agent =>
    supertest
      .agent(instance.baseUrl)
      .use((request: supertest.Test) => void request.agent(keptAlive))
      .set({ Accept: "text/html", "Sec-Fetch-Site": "same-origin" });

  return {
    get baseUrl() {
      return instance.baseUrl;
    },
    get config() {
      return instance.config;
    },
    get routes() {
      return instance.routes;
    },
    get database() {
      return database;
    },
    /** Runs a statement past row-level security. */
    query: <Row extends object>(statement: string, values?: unknown[]) =>
      testDatabase.query<Row>(statement, values),
    /** All log lines as one text. */
    logged: () => lines.join(""),
    async createPerson(name = `Person ${(count += 1)}`): Promise<Person> {
      // One statement makes the user of a first sign-in, since tests make thousands of them.
      const { id } = await database.unscoped.user.create({
        data: { issuer: "https://id.example/oidc", subject: randomUUID(), name },
        select: { id: true },
      });
      return { id, name };
    },
    async createOrganization(
      owner: Person,
      name = `Organization ${(count += 1)}`,
    ): Promise<Organization> {
      return { ...(await createOrganization(database, { name, userId: owner.id }, null)), name };
    },
    async addMember(organization: Organization, person: Person, role: Role): Promise<void> {
      await testDatabase.query(
        "insert into memberships (organization_id, user_id, role) values ($1, $2, $3)",
        [organization.id, person.id, role],
      );
    },
    createSessionCookie,
    /** Opens a browser with a stored session, without an identity provider. */
    async signInAs(person: Person, proof?: Proof): Promise<Agent> {
      const { cookie } = await createSessionCookie(person, proof);
      const agent = visitor();
      takeCookies(agent, cookie);
      return agent;
    },
    visitor,
    /** Runs every job that is due, as the worker does. @returns the mail that they sent, the oldest first */
    async deliverMail(): Promise<CaughtMail[]> {
      postOffice ??= openPostOffice({ databaseUrl: testDatabase.url, database, logger });
      return (await postOffice).deliver(instance.baseUrl, instance.logto, {
        endpoint: instance.config.huggingFace.endpoint,
        secrets: instance.config.sessions.secrets,
      });
    },
    /**
     * Starts a second instance behind the same address and on the same database, with its own connections if they are
     * given. `baseUrl` is its own address.
     */
    startSecond: (connections?: Database) => startInstance(instance.baseUrl, connections),
  };
}

type Instance = {
  server: Server;
  baseUrl: string;
  config: Config;
  routes: ReturnType<typeof createApp>["routes"];
  /** Where the identity provider has a Management API. */
  logto: ManagementApi | null;
  /** Tells it that it is about to stop. */
  drain(): void;
  stop(): Promise<void>;
};

const nobodyThere: Awaited<ReturnType<NonNullable<ApplicationOptions["identityProvider"]>>> = {
  endpoint: "http://127.0.0.1:9",
  appId: "app",
  appSecret: "secret",
};

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
