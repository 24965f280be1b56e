import { randomBytes, randomInt } from "node:crypto";
import { afterAll, beforeAll } from "vitest";

import { productName } from "../../src/runtime/product.ts";
import { type HuggingFaceStandIn, startHuggingFaceStandIn } from "../../dev/hugging-face/server.ts";
import { type LogtoStandIn, startLogtoStandIn } from "../../dev/logto/server.ts";
import { findFreePort } from "../../dev/system/ports.ts";
import { describeMailServer } from "../../dev/run/describe-mail-server.ts";
import { type MailCatcher, startMailCatcher } from "../../dev/mail/server.ts";
import { provisionSignInOfStandIn, provisionStandIn } from "../../dev/run/provision-logto.ts";
import { readCode } from "../logto-stand-in/mail-server.ts";
import { createEmptyDatabase, type TestDatabase } from "./database.ts";

/** Somebody with a password at the identity provider. */
export type Account = { username: string; password: string; name: string };

type Options = {
  /** Where the application takes back-channel logouts; without: it is told nothing. */
  backchannelLogoutPath?: string;
  /** Whether it has our roles, and a webhook that tells the application. How people sign in is provisioned in any case. */
  isProvisioned?: boolean;
  /** Whether it can send mail: then people sign up by an address and the code that is mailed to it. */
  hasMail?: boolean;
};

const application = { id: "ours", secret: "only for tests" };
const machineToMachine = { id: "machine", secret: "only for tests, too" };
/** One for both: whoever has let Logto in is not asked again by us. */
const huggingFaceClient = { clientId: "at-hugging-face", clientSecret: "between the stand-ins" };

/**
 * The Logto stand-in, and the Hugging Face stand-in behind it, for the tests of a file. Logto's is at 127.0.0.1 and the
 * application at localhost: two sites to a browser, as they are in production.
 */
export function useIdentityProvider({
  backchannelLogoutPath,
  isProvisioned,
  hasMail,
}: Options = {}) {
  let mail: MailCatcher | undefined;
  let database: TestDatabase;
  let huggingFace: HuggingFaceStandIn;
  let logto: LogtoStandIn;
  let startAgain: () => Promise<LogtoStandIn>;
  let provisionSignIn: () => Promise<void>;

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(async () => {
    await logto?.stop();
    await huggingFace?.stop();
    await mail?.stop();
    await database?.drop();
  });

  return {
    /** For the application at `baseUrl`. */
    async start(baseUrl: string) {
      // Below those that the system gives to anybody who asks for any: it has to be free again after a stop.
      const port = await findFreePort(randomInt(10_000, 30_000), new Set());
      const endpoint = `http://127.0.0.1:${port}`;
      huggingFace = await startHuggingFaceStandIn({
        port: 0,
        applications: [
          {
            ...huggingFaceClient,
            name: productName,
            redirectUris: [`${endpoint}/callback/*`, `${baseUrl}/hugging-face/callback`],
          },
        ],
      });
      if (hasMail) mail = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
      const mailServer = mail && describeMailServer(mail.smtpUrl);
      startAgain = () =>
        startLogtoStandIn({
          databaseUrl: database.url,
          port,
          publicOrigin: endpoint,
          application: {
            ...application,
            redirectUris: [`${baseUrl}/callback`],
            postLogoutRedirectUris: [baseUrl, `${baseUrl}/`],
            ...(backchannelLogoutPath === undefined
              ? {}
              : { backchannelLogoutUri: `${baseUrl}${backchannelLogoutPath}` }),
          },
          machineToMachine,
          ssrfProtection: false,
          huggingFace: {
            ...huggingFaceClient,
            issuer: huggingFace.issuer,
            scope: "openid profile read-memberships",
          },
          mail: mailServer,
        });
      logto = await startAgain();
      const machine = {
        LOGTO_M2M_APP_ID: machineToMachine.id,
        LOGTO_M2M_APP_SECRET: machineToMachine.secret,
      };
      const environment = {
        ...machine,
        BASE_URL: baseUrl,
        LOGTO_ENDPOINT: endpoint,
        LOGTO_APP_ID: application.id,
        LOGTO_APP_SECRET: application.secret,
      };
      const provisioned = isProvisioned ? await provisionStandIn(environment) : undefined;
      provisionSignIn = () => provisionSignInOfStandIn(environment);
      if (!provisioned) await provisionSignIn();
      return {
        endpoint,
        appId: application.id,
        appSecret: application.secret,
        environment: {
          ...machine,
          LOGTO_WEBHOOK_SIGNING_KEY: provisioned?.signingKey ?? "",
          HUGGINGFACE_ENDPOINT: huggingFace.issuer,
          HUGGINGFACE_CLIENT_ID: huggingFaceClient.clientId,
          HUGGINGFACE_CLIENT_SECRET: huggingFaceClient.clientSecret,
        },
      };
    },
    /** Who works where at Hugging Face, to be changed. */
    get world() {
      return huggingFace.world;
    },
    get huggingFace() {
      return huggingFace;
    },
    /** What it has stored. */
    query: <Row extends object>(statement: string, values?: unknown[]) =>
      database.query<Row>(statement, values),
    /** What it has mailed to somebody last: the code that proves their address. */
    readCode: (address: string) => readCode(mail?.messages() ?? [], address),
    /** The running stand-in, with its faults and webhooks. */
    get logto() {
      return logto;
    },
    /** Calls the Management API: `manage("POST", "/hooks", {…})`. @returns what was answered, as JSON */
    manage: (method: string, path: string, body?: object) => manage(logto, method, path, body),
    /** As an operator runs `npm run logto:provision` again, after they have added a connector, say. */
    provisionSignIn: () => provisionSignIn(),
    /** As an operator may have set it: Logto asks Hugging Face for the address, and takes it for verified. */
    async askForAddress() {
      const scope = "openid profile email read-memberships";
      await database.query(
        "update connectors set config = config || jsonb_build_object('scope', $1::text) where connector_id = 'huggingface-universal'",
        [scope],
      );
    },
    stop: () => logto.stop(),
    /** On the same port, with everything it knew. */
    async startAgain() {
      logto = await startAgain();
    },
    /** As if everybody who is signed in there had given their password so much earlier. */
    async ageSessions(seconds: number) {
      await database.query(
        `update oidc_models
            set payload = payload || jsonb_build_object('loginTs', (payload->>'loginTs')::bigint - $1::bigint)
          where model = 'Session' and payload ? 'loginTs'`,
        [seconds],
      );
    },
    /** Somebody nobody knows yet. */
    inventAccount,
    /** Somebody who signed up some time ago. */
    async createAccount(name: string): Promise<Account> {
      const account = inventAccount(name);
      await manage(logto, "POST", "/users", account);
      return account;
    },
  };
}

function inventAccount(name: string): Account {
  const [firstName = "somebody"] = name.toLowerCase().split(" ");
  const suffix = randomBytes(4).toString("hex");
  return { name, username: `${firstName}_${suffix}`, password: `open sesame ${suffix}` };
}

/** @throws {Error} when Logto refuses */
async function manage(
  { endpoint, issuer }: LogtoStandIn,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${endpoint}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await requestManagementToken(issuer)}`,
      "content-type": "application/json",
    },
    body: body ? JSON.stringify(body) : null,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Logto answered ${text}`);
  return response.headers.get("content-type")?.startsWith("application/json")
    ? JSON.parse(text)
    : text;
}

async function requestManagementToken(issuer: string): Promise<string> {
  const { id, secret } = machineToMachine;
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${encodeURIComponent(secret)}`)}` },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      resource: "https://default.logto.app/api",
      scope: "all",
    }),
  });
  const answer: { access_token: string } = await response.json();
  return answer.access_token;
}
