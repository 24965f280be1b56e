import { randomInt } from "node:crypto";

import { afterAll, beforeAll } from "vitest";
import { z } from "zod";

import { type HuggingFaceStandIn, startHuggingFaceStandIn } from "../../dev/hugging-face/server.ts";
import { type LogtoStandIn, startLogtoStandIn } from "../../dev/logto/server.ts";
import { findFreePort } from "../../dev/system/ports.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { readProvisionConfig } from "../../src/logto/provision/config.ts";
import { createLedger, type Entry } from "../../src/logto/provision/ledger.ts";
import { provision, type ProvisionedSettings } from "../../src/logto/provision/provision.ts";
import { provisionSignIn } from "../../src/logto/provision/sign-in.ts";
import { productName } from "../../src/runtime/product.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";

export const bootstrap = { id: "bootstrap", secret: "clicked together in the Console" };
export const huggingFaceClient = { clientId: "ours", clientSecret: "known to Hugging Face" };
export const baseUrl = "http://localhost:3000";

export type Run = {
  settings: ProvisionedSettings;
  entries: Entry[];
  /** The changes, as "created organization role: viewer". */
  changes: string[];
};
type Options = { environment?: Record<string, string>; isDryRun?: boolean; keepSignIn?: boolean };

/** A Logto after its installation, with one application created by hand: the machine that may manage it. */
export function useFreshLogto() {
  let database: TestDatabase;
  let logto: LogtoStandIn;
  let huggingFace: HuggingFaceStandIn;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    const port = await findFreePort(randomInt(10_000, 30_000), new Set());
    const endpoint = `http://127.0.0.1:${port}`;
    huggingFace = await startHuggingFaceStandIn({
      port: 0,
      applications: [
        {
          ...huggingFaceClient,
          name: productName,
          redirectUris: [`${endpoint}/callback/*`],
        },
      ],
    });
    logto = await startLogtoStandIn({
      databaseUrl: database.url,
      port,
      publicOrigin: endpoint,
      machineToMachine: bootstrap,
      huggingFace: { issuer: huggingFace.issuer },
    });
  });
  afterAll(async () => {
    await logto?.stop();
    await huggingFace?.stop();
    await database?.drop();
  });

  const world = {
    get endpoint() {
      return logto.endpoint;
    },
    get huggingFaceIssuer() {
      return huggingFace.issuer;
    },
    /** The settings of `.env` before the first run. */
    get environment(): Record<string, string> {
      return {
        BASE_URL: baseUrl,
        LOGTO_ENDPOINT: logto.endpoint,
        LOGTO_M2M_APP_ID: bootstrap.id,
        LOGTO_M2M_APP_SECRET: bootstrap.secret,
        HUGGINGFACE_CLIENT_ID: huggingFaceClient.clientId,
        HUGGINGFACE_CLIENT_SECRET: huggingFaceClient.clientSecret,
      };
    },
    /** One run of the command. */
    async provision({ environment, isDryRun = false, keepSignIn = false }: Options = {}) {
      const config = readProvisionConfig({ ...world.environment, ...environment });
      const ledger = createLedger({ isDryRun });
      const api = createManagementApi({ endpoint: config.endpoint, ...config.management });
      const settings = await provision({ api, config, ledger }, { keepSignIn });
      return { settings, entries: ledger.entries, changes: listChanges(ledger.entries) };
    },
    /** The part of a run that is about how people sign in. */
    async provisionSignIn(environment: Record<string, string>, { isDryRun = false } = {}) {
      const config = readProvisionConfig({ ...world.environment, ...environment });
      const ledger = createLedger({ isDryRun });
      const step = { api: world.operator, config, ledger };
      await provisionSignIn(step, config.appId);
      return { entries: ledger.entries, changes: listChanges(ledger.entries) };
    },
    /** An operator's Management API. */
    get operator(): ManagementApi {
      const { endpoint, management } = readProvisionConfig(world.environment);
      return createManagementApi({ endpoint, ...management });
    },
    /** Creates something, as in the Console. @returns its id */
    async create(path: string, body: object): Promise<string> {
      const { id } = await world.operator.read(z.object({ id: z.string() }), (client) =>
        client.POST(path as "/api/applications", { body: body as never }),
      );
      return id;
    },
    /** Adds a connector for mail, as in the Console. */
    async connectMail(server = { host: "127.0.0.1", port: 9 }) {
      const templates = ["Register", "SignIn", "ForgotPassword", "Generic"].map((usageType) => ({
        usageType,
        contentType: "text/plain",
        subject: "Your code",
        content: "{{code}}",
      }));
      const config = { ...server, fromEmail: "logto@example.test", templates };
      const connectorId = "simple-mail-transfer-protocol";
      await world.create("/api/connectors", { connectorId, config });
    },
    /** Everything in Logto's database except for what sign-ins leave behind. */
    async snapshot(): Promise<Record<string, unknown>> {
      const tables = await database.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'oidc_models'",
      );
      const contents: Record<string, unknown> = {};
      for (const { name } of tables) {
        contents[name] = await database.query(
          `select to_jsonb(t) as row from "${name}" t order by to_jsonb(t)`,
        );
      }
      return contents;
    },
    query: <Row extends object>(statement: string, values?: unknown[]) =>
      database.query<Row>(statement, values),
  };
  return world;
}

const listChanges = (entries: readonly Entry[]) =>
  entries
    .filter(({ outcome }) => outcome === "created" || outcome === "updated")
    .map(({ outcome, kind, text }) => `${outcome} ${kind}: ${text}`);

/** The entries of one kind: outcome and text. */
export const about = (entries: readonly Entry[], kind: string) =>
  entries.filter((entry) => entry.kind === kind).map(({ outcome, text }) => ({ outcome, text }));
