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

/** A person with a password at the identity provider. */
export type Account = { username: string; password: string; name: string };

type Options = {
  /** The path for back-channel logouts. Without it, the provider sends none. */
  backchannelLogoutPath?: string;
  /** Whether it has our roles and a webhook to the application. Sign-in is provisioned in any case. */
  isProvisioned?: boolean;
  /** Whether it can send mail. Then people sign up with an address and the code that is mailed to it. */
  hasMail?: boolean;
};

const application = { id: "ours", secret: "only for tests" };
const machineToMachine = { id: "machine", secret: "only for tests, too" };
/** One client for Logto and for us, so that a person who agreed for Logto is not asked again. */
const huggingFaceClient = { clientId: "at-hugging-face", clientSecret: "between the stand-ins" };

/**
 * The stand-ins for Logto and, behind it, for Hugging Face, for the tests of a file. Logto is at 127.0.0.1 and the
 * application at localhost, so that they are two sites to a browser, as in production.
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
    /** Starts both for the application at `baseUrl`. */
    async start(baseUrl: string) {
      // The port has to be free again after a stop, so it is below those that the system gives to other programs.
      const port = await findFreePort(randomInt(10_000, 30_000), new Set());
      const endpoint = `http://127.0.0.1:${port}`;
      huggingFace = await startHuggingFaceStandIn({
        port: 0,
        applications: [
          {
            ...huggingFaceClient,
            name: productName,
            redirectUris: [
              `${endpoint}/callback/*`,
              `${endpoint}/account/callback/social/*`,
              `${baseUrl}/hugging-face/callback`,
            ],
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
    /** The people and organizations at Hugging Face, which a test may change. */
    get world() {
      return huggingFace.world;
    },
    get huggingFace() {
      return huggingFace;
    },
    /** Reads the database of Logto. */
    query: <Row extends object>(statement: string, values?: unknown[]) =>
      database.query<Row>(statement, values),
    /** The code in the last mail to an address, which proves it. */
    readCode: (address: string) => readCode(mail?.messages() ?? [], address),
    /** The running stand-in, with its faults and webhooks. */
    get logto() {
      return logto;
    },
    /** Calls the Management API: `manage("POST", "/hooks", {…})`. @returns the answer as JSON */
    manage: (method: string, path: string, body?: object) => manage(logto, method, path, body),
    /** Runs `npm run logto:provision` again, as an operator does after they have added a connector. */
    provisionSignIn: () => provisionSignIn(),
    /** Makes Logto ask Hugging Face for the address, which it then calls verified. An operator may have set this. */
    async askForAddress() {
      const scope = "openid profile email read-memberships";
      await database.query(
        "update connectors set config = config || jsonb_build_object('scope', $1::text) where connector_id = 'huggingface-universal'",
        [scope],
      );
    },
    stop: () => logto.stop(),
    /** Starts it on the same port, with all its data. */
    async startAgain() {
      logto = await startAgain();
    },
    /** Makes the sessions of all people there older. */
    async ageSessions(seconds: number) {
      await database.query(
        `update oidc_models
            set payload = payload || jsonb_build_object('loginTs', (payload->>'loginTs')::bigint - $1::bigint)
          where model = 'Session' and payload ? 'loginTs'`,
        [seconds],
      );
    },
    /** Invents a person who has no account yet. */
    inventAccount,
    /** Creates the account of a person. */
    async createAccount(name: string): Promise<Account> {
      const account = inventAccount(name);
      await manage(logto, "POST", "/users", account);
      return account;
    },
  };
}

function inventAccount(name: string): Account {
  const [firstName = "someone"] = name.toLowerCase().split(" ");
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
