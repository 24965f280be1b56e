import { once } from "node:events";
import { createServer, type Server } from "node:http";
import Koa from "koa";
import { storeGivenApplications } from "./applications/given-applications.ts";
import { storeGivenConnector } from "./connectors.ts";
import { openDatabase } from "./database.ts";
import { addHeaders, mountProvider, reportFaults } from "./http.ts";
import { createConnectorFinder, defaultScope } from "./hugging-face-connector.ts";
import { addManagementApi } from "./management/api.ts";
import { deleteExpired } from "./oidc/adapter.ts";
import { createProvider } from "./oidc/provider.ts";
import { createPageRoutes } from "./pages/routes.ts";
import { createTabs } from "./pages/tabs.ts";
import { loadSettings } from "./settings.ts";

export type LogtoStandInOptions = {
  /** A database of its own; missing tables are created. All state is there: a restart signs nobody out. */
  databaseUrl: string;
  /** 0: any free one. Listens on 127.0.0.1 only. */
  port: number;
  /** Default `http://localhost:<port>`. The issuer is `<publicOrigin>/oidc`. */
  publicOrigin?: string;
  /** The application people sign in through; without one, the Management API has to make it. */
  application?:
    | {
        id: string;
        secret: string;
        redirectUris: string[];
        postLogoutRedirectUris: string[];
        backchannelLogoutUri?: string;
      }
    | undefined;
  /** May call the Management API: resource `https://default.logto.app/api`, scope `all`. */
  machineToMachine: { id: string; secret: string };
  /**
   * `issuer` is the origin of Hugging Face or of its stand-in; the paths under it are Hugging Face's. The rest is the
   * connector's settings (the scope as Logto has it unless told otherwise); without them the Management API has to make it.
   */
  huggingFace: { issuer: string; clientId?: string; clientSecret?: string; scope?: string };
};

export type LogtoStandIn = {
  /** What Logto's SDK calls `endpoint`: the public origin. */
  endpoint: string;
  issuer: string;
  stop(): Promise<void>;
};

/**
 * Starts a local identity provider that answers as Logto 1.42 does, as far as Tenantry uses it: OpenID Connect under
 * /oidc, the sign-in pages, the Hugging Face connector, and part of the Management API under /api.
 */
export async function startLogtoStandIn(options: LogtoStandInOptions): Promise<LogtoStandIn> {
  const sql = await openDatabase(options.databaseUrl);
  const server = createServer();
  try {
    const settings = await loadSettings(sql);
    await deleteExpired(sql);
    await storeGivenApplications(sql, options);
    const { clientId, clientSecret, scope = defaultScope } = options.huggingFace;
    if (clientId !== undefined && clientSecret !== undefined) {
      const config = { clientId, clientSecret, scope };
      await storeGivenConnector(sql, settings.huggingFaceConnectorId, config);
    }
    // The issuer needs the port, so listening comes before the application exists.
    const port = await listen(server, options.port);
    const endpoint = options.publicOrigin ?? `http://localhost:${port}`;
    const issuer = `${endpoint}/oidc`;

    const provider = createProvider(issuer, settings, sql);
    const [key = ""] = settings.cookieKeys;
    const pages = createPageRoutes({
      provider,
      sql,
      applicationId: options.application?.id ?? "",
      findConnector: createConnectorFinder(sql, options.huggingFace.issuer, endpoint),
      tabs: createTabs(key),
      publicOrigin: endpoint,
    });

    const app = new Koa();
    app.use(addHeaders);
    app.use(reportFaults);
    app.use(mountProvider(provider, endpoint));
    addManagementApi(app, { sql, issuer, jwks: settings.jwks, origin: endpoint });
    app.use(pages.routes());
    const answer = app.callback();
    server.on("request", (request, response) => void answer(request, response));

    const stop = async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await sql.end({ timeout: 2 });
    };
    return { endpoint, issuer, stop };
  } catch (error) {
    server.close();
    await sql.end({ timeout: 1 });
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
