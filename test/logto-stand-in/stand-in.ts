import { afterAll, beforeAll } from "vitest";
import {
  type LogtoStandIn,
  type LogtoStandInOptions,
  startLogtoStandIn,
} from "../../dev/logto/server.ts";
import type { Webhooks } from "../../dev/logto/webhooks/delivery.ts";
import { createEmptyDatabase, type TestDatabase } from "../support/database.ts";

/** Names and secrets are those of the recorded (throwaway) server, so that recorded requests fit as they are. */
export const application = {
  id: "8uz43f7ymgbejrs9v8r6u",
  secret: "FdZNgeSgs1SRI1PUjeyRMfbZ5eujMhBC",
  redirectUris: ["http://localhost:3000/callback"],
  postLogoutRedirectUris: ["http://localhost:3000/"],
};
export const machineToMachine = {
  id: "whcuiyo6nzbjp6b87wf41",
  secret: "1OfnyFRzw3gmVSL687ZzVQxYy7TOQO0Z",
};
export const managementResource = "https://default.logto.app/api";

/** Nothing listens there, unless a test says otherwise. */
const noHuggingFace = {
  issuer: "http://127.0.0.1:9",
  clientId: "hf-client",
  clientSecret: "hf-secret",
};

type Entity = { id: string } & Record<string, unknown>;

export type Running = {
  readonly endpoint: string;
  readonly issuer: string;
  readonly webhooks: Webhooks;
  /** A token for the Management API. */
  managementToken(): Promise<string>;
  /** Calls the Management API; the parsed body comes with the status. */
  manage(method: string, path: string, body?: unknown): Promise<{ status: number; body: Entity }>;
  /** Reads a list of the Management API. */
  list(path: string): Promise<{ items: Entity[]; headers: Headers }>;
  /** Reaches into its database, to make time pass. */
  query(statement: string, values: string[]): Promise<void>;
  /** Stops the stand-in and starts it again on its port and its database. */
  restart(change?: Partial<LogtoStandInOptions>): Promise<void>;
};

/** One stand-in for the tests of a file, with a database of its own. */
export function useStandIn(options: () => Partial<LogtoStandInOptions> = () => ({})): Running {
  let database: TestDatabase;
  let standIn: LogtoStandIn;

  const start = (port: number, change: Partial<LogtoStandInOptions>) =>
    startLogtoStandIn({
      databaseUrl: database.url,
      port,
      application,
      machineToMachine,
      huggingFace: noHuggingFace,
      ...options(),
      ...change,
    });

  beforeAll(async () => {
    database = await createEmptyDatabase();
    standIn = await start(0, {});
  });
  afterAll(async () => {
    await standIn?.stop();
    await database?.drop();
  });

  let token: Promise<string> | undefined;
  const call = async (method: string, path: string, body?: unknown) =>
    fetch(`${standIn.endpoint}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await running.managementToken()}`,
        "content-type": "application/json",
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const running: Running = {
    get endpoint() {
      return standIn.endpoint;
    },
    get issuer() {
      return standIn.issuer;
    },
    get webhooks() {
      return standIn.webhooks;
    },
    managementToken() {
      token ??= requestToken(standIn.issuer).then(({ access_token }) => access_token);
      return token;
    },
    async manage(method, path, body) {
      const response = await call(method, path, body);
      const text = await response.text();
      return {
        status: response.status,
        body: text.startsWith("{") ? JSON.parse(text) : { id: "" },
      };
    },
    async list(path) {
      const response = await call("GET", path);
      return { items: await response.json(), headers: response.headers };
    },
    async query(statement, values) {
      await database.query(statement, values);
    },
    async restart(change = {}) {
      const port = Number(new URL(standIn.endpoint).port);
      await standIn.stop();
      standIn = await start(port, change);
    },
  };
  return running;
}

/** Asks for a token by client credentials. @returns also the scope that was granted */
export async function requestToken(
  issuer: string,
  { id, secret }: { id: string; secret: string } = machineToMachine,
  scope: Record<string, string> = { scope: "all" },
): Promise<{ access_token: string; scope: string }> {
  const grant = { grant_type: "client_credentials", resource: managementResource, ...scope };
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${encodeURIComponent(secret)}`)}` },
    body: new URLSearchParams(grant),
  });
  const { access_token, scope: granted = "" }: { access_token: string; scope?: string } =
    await response.json();
  return { access_token, scope: granted };
}
