import { join } from "node:path";
import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import { locate } from "../../src/database/address.ts";
import { productIdentifier, productName } from "../../src/runtime/product.ts";
import { cast } from "../demo/cast.ts";
import { createDatabase } from "../postgres/databases.ts";
import { describeMailServer } from "./describe-mail-server.ts";
import type { Ports } from "../system/ports.ts";
import { startPostgres, type Postgres } from "../postgres/postgres.ts";
import type { ServiceGroup, Shutdown } from "./shutdown.ts";
import type { Secrets } from "../system/state.ts";
import { sayFault, timeStep } from "../system/terminal.ts";

/** The settings of a run, which each service needs; main.ts makes them. */
export type Laptop = {
  /** `.dev/` */
  directory: string;
  ports: Ports;
  secrets: Secrets;
  baseUrl: string;
  /** The services of this attempt to start. */
  services: ServiceGroup;
  shutdown: Shutdown;
};

export type Databases = { application: string; logto: () => Promise<string> };

/** Starts PostgreSQL with the application's database, or uses the one that DATABASE_URL names. */
export async function startDatabase(laptop: Laptop): Promise<Databases> {
  const { DATABASE_URL } = process.env;
  if (DATABASE_URL !== undefined) {
    const name = `${locate(DATABASE_URL).database}_logto_stand_in`;
    return { application: DATABASE_URL, logto: () => createDatabase(DATABASE_URL, name) };
  }
  const { directory, ports, services } = laptop;
  const starting = startPostgres({ directory: join(directory, "postgres"), port: ports.postgres });
  const owned = services.own("PostgreSQL", starting);
  const postgres = await timeStep(owned, ({ port }) => `PostgreSQL on port ${port}`);
  void watchPostgres(postgres, laptop);
  return {
    application: await postgres.createDatabase(productIdentifier),
    logto: () => postgres.createDatabase("logto"),
  };
}

/** Stops everything when PostgreSQL ends by itself: nothing works without it. */
async function watchPostgres(postgres: Postgres, { services, shutdown }: Laptop): Promise<void> {
  const lastLines = await postgres.exited;
  if (services.isStopping) return;
  sayFault(`PostgreSQL has ended. Its last lines:\n${lastLines.slice(-8).join("\n")}`);
  await shutdown.begin(1);
}

type IdentityProviders = {
  logto: string;
  huggingFace: string;
  api: ManagementApi;
  signingKey: string | undefined;
};

/**
 * Starts the Hugging Face and the Logto stand-in; none when LOGTO_ENDPOINT names a real Logto.
 *
 * @param generated settles when the Prisma client is there, which the application's own code may import
 * @param mail server that takes Logto's mail, too
 */
export async function startIdentityProviders(
  laptop: Laptop,
  databases: Promise<Databases>,
  generated: Promise<void>,
  mail: Promise<Mail>,
): Promise<IdentityProviders | undefined> {
  if (process.env["LOGTO_ENDPOINT"] !== undefined) return undefined;
  const { ports, baseUrl, services } = laptop;
  const secrets = { ...laptop.secrets, ...process.env };
  // Logto and the application share it, so a person is asked for consent once.
  const client = {
    clientId: secrets.HUGGINGFACE_CLIENT_ID,
    clientSecret: secrets.HUGGINGFACE_CLIENT_SECRET,
  };
  const [{ startHuggingFaceStandIn }, { startLogtoStandIn }] = await Promise.all([
    import("../hugging-face/server.ts"),
    import("../logto/server.ts"),
  ]);
  const applications = [
    {
      ...client,
      name: productName,
      redirectUris: [
        `http://localhost:${ports.logto}/callback/*`,
        `http://localhost:${ports.logto}/account/callback/social/*`,
        `${baseUrl}/hugging-face/callback`,
      ],
    },
  ];
  const huggingFace = await services.own(
    "Hugging Face stand-in",
    startHuggingFaceStandIn({ applications, port: ports.huggingFace }),
  );
  const starting = startLogtoStandIn({
    databaseUrl: await (await databases).logto(),
    port: ports.logto,
    application: {
      id: secrets.LOGTO_APP_ID,
      secret: secrets.LOGTO_APP_SECRET,
      redirectUris: [`${baseUrl}/callback`],
      postLogoutRedirectUris: [baseUrl, `${baseUrl}/`],
      backchannelLogoutUri: `${baseUrl}/back-channel-logout`,
    },
    machineToMachine: { id: secrets.LOGTO_M2M_APP_ID, secret: secrets.LOGTO_M2M_APP_SECRET },
    huggingFace: {
      ...client,
      issuer: huggingFace.issuer,
      scope: "openid profile read-memberships",
    },
    mail: describeMailServer((await mail).smtpUrl),
    people: cast,
  });
  const owned = services.own("Logto stand-in", starting);
  const logto = await timeStep(owned, ({ endpoint }) => `Logto stand-in on ${endpoint}`);
  await generated;
  const { provisionStandIn } = await import("./provision-logto.ts");
  const provisioned = await provisionStandIn({
    ...secrets,
    BASE_URL: baseUrl,
    LOGTO_ENDPOINT: logto.endpoint,
  });
  const { logto: api, signingKey } = provisioned;
  return { logto: logto.endpoint, huggingFace: huggingFace.issuer, api, signingKey };
}

/** `url`: the pages that show the mails. */
type Mail = { smtpUrl: string; url?: string };

/** Starts the mail catcher, or uses the mail server that SMTP_URL names. */
export async function startMail(laptop: Laptop): Promise<Mail> {
  const { SMTP_URL } = process.env;
  if (SMTP_URL !== undefined) return { smtpUrl: SMTP_URL };
  const { ports, services } = laptop;
  const { startMailCatcher } = await import("../mail/server.ts");
  const starting = startMailCatcher({ smtpPort: ports.smtp, httpPort: ports.mail });
  return services.own("Mail catcher", starting);
}
