import Koa from "koa";
import type { DemoPerson } from "./people/demo-person.ts";
import { addAccountRoutes } from "./account-pages/routes.ts";
import { type HttpServer, listen } from "../system/http-server.ts";
import {
  type GivenApplications,
  storeGivenApplications,
} from "./applications/given-applications.ts";
import {
  type MailServer,
  storeGivenConnector,
  storeGivenMailConnector,
} from "./experience/connectors.ts";
import { openDatabase } from "./store/database.ts";
import { createFaults, type Faults } from "./faults.ts";
import { forbidCaching, mountProvider, reportFaults } from "./http.ts";
import { createConnectorFinder, defaultScope } from "./experience/hugging-face-connector.ts";
import { addManagementApi } from "./management/api.ts";
import { deleteExpired } from "./oidc/adapter.ts";
import { createProvider } from "./oidc/provider.ts";
import { createPageRoutes } from "./pages/routes.ts";
import { loadSettings } from "./store/settings.ts";
import { createWebhookDelivery, type Webhooks } from "./webhooks/delivery.ts";
import { tellSignInExperience } from "./well-known.ts";

export type LogtoStandInOptions = GivenApplications & {
  /** A database of its own; missing tables are created. All state is there, so a restart signs no user out. */
  databaseUrl: string;
  /** 0: any free one. Listens on 127.0.0.1 only. */
  port: number;
  /** Default `http://localhost:<port>`. The issuer is `<publicOrigin>/oidc`. */
  publicOrigin?: string;
  /**
   * `issuer` is the origin of Hugging Face or of its stand-in; the paths under it are Hugging Face's. The rest is the
   * connector's settings (the scope as Logto has it unless told otherwise); without them the Management API has to make it.
   */
  huggingFace: { issuer: string; clientId?: string; clientSecret?: string; scope?: string };
  /** The mail server of its connector for mail; without it, the Management API has to make one. */
  mail?: MailServer | undefined;
  /** The people whom the sign-in page offers, as far as they have an account. */
  people?: readonly DemoPerson[];
};

export type LogtoStandIn = {
  /** The public origin, which Logto's SDK calls `endpoint`. */
  endpoint: string;
  issuer: string;
  /** The deliveries of its webhooks, and ways to make them misbehave. */
  webhooks: Webhooks;
  /** Faults between the stand-in and its callers. */
  faults: Faults;
  stop(): Promise<void>;
};

/**
 * Starts a local identity provider that answers as Logto 1.42 does, as far as the application uses it: OpenID Connect under
 * /oidc, the sign-in pages, the Hugging Face connector, and part of the Management API under /api.
 */
export async function startLogtoStandIn(options: LogtoStandInOptions): Promise<LogtoStandIn> {
  const sql = await openDatabase(options.databaseUrl);
  let http: HttpServer | undefined;
  try {
    const settings = await loadSettings(sql);
    await deleteExpired(sql);
    const delivery = createWebhookDelivery(sql);
    const { faults, strike } = createFaults();
    await storeGivenApplications(sql, options);
    const { clientId, clientSecret, scope = defaultScope } = options.huggingFace;
    if (clientId !== undefined && clientSecret !== undefined) {
      const config = { clientId, clientSecret, scope };
      await storeGivenConnector(sql, settings.huggingFaceConnectorId, config);
    }
    if (options.mail) await storeGivenMailConnector(sql, options.mail);
    // The issuer needs the port, so listening comes before the application exists.
    http = await listen(options.port);
    const endpoint = options.publicOrigin ?? `http://localhost:${http.port}`;
    const issuer = `${endpoint}/oidc`;

    const manager = options.machineToMachine.id;
    const provider = createProvider({ issuer, settings, sql, manager });
    const [key = ""] = settings.cookieKeys;
    const findConnector = createConnectorFinder(sql, options.huggingFace.issuer, endpoint);
    const parts = { provider, sql, findConnector, key, publicOrigin: endpoint, delivery };
    const pages = createPageRoutes({ ...parts, people: options.people ?? [] });
    addAccountRoutes(pages, parts);
    const app = new Koa();
    // reportFaults() reports ours. Koa itself would only report clients that hung up in the middle of an answer.
    app.silent = true;
    app.use(strike);
    app.use(forbidCaching);
    app.use(reportFaults);
    app.use(mountProvider(provider, endpoint));
    app.use(tellSignInExperience(sql));
    addManagementApi(app, { sql, issuer, jwks: settings.jwks, delivery });
    app.use(pages.routes());
    http.serve(app.callback());

    const { stop: close } = http;
    const stop = async () => {
      await close();
      await delivery.stop();
      await sql.end({ timeout: 2 });
    };
    return { endpoint, issuer, webhooks: delivery.webhooks, faults, stop };
  } catch (error) {
    await http?.stop();
    await sql.end({ timeout: 1 });
    throw error;
  }
}
