import { z } from "zod";

import { findAddressFault } from "./database/address.ts";
import { findFileSyntax, type SettingFault, trimValues } from "./runtime/environment.ts";
import { loopbackHosts } from "./http/loopback.ts";
import { productName } from "./runtime/product.ts";

/** Stands in .env.example and in docker-compose.yml: good for a laptop, refused in production. */
const exampleMark = "example";

export const secret = z.string({ error: "is missing" });

const number = (smallest: number, largest: number, unit = "a number") =>
  z.coerce
    .number({ error: `must be ${unit}` })
    .min(smallest, `must be ${unit} from ${smallest} to ${largest}`)
    .max(largest, `must be ${unit} from ${smallest} to ${largest}`);

const wholeNumber = (smallest: number, largest: number) =>
  number(smallest, largest, "a whole number").int("must be a whole number");

const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(", ")}` });

/** An origin: redirects, cookies and the CSRF check all rely on there being nothing behind the host. */
const address = z
  .string({ error: "is missing" })
  .refine(isOrigin, "must be an address such as https://app.example.com, without a path")
  .transform((value) => new URL(value).origin);

const postgresAddress = z.string({ error: "is missing" }).superRefine((value, context) => {
  const message = findAddressFault(value);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

export const settings = z.object({
  NODE_ENV: oneOf("development", "test", "production").default("production"),
  BASE_URL: address,
  HOST: z.string().optional(),
  PORT: wholeNumber(0, 65_535).optional(),
  LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent").default("info"),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  SHUTDOWN_DELAY_SECONDS: number(0, 60).default(0),
  DATABASE_URL: postgresAddress,
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10),
  JOBS_DATABASE_URL: postgresAddress.optional(),
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  SESSION_SECRET: secret.refine((value) => splitSecrets(value).length > 0, "is missing"),
  SESSION_IDLE_HOURS: number(0.1, 24 * 30).default(8),
  SESSION_ABSOLUTE_HOURS: number(0.1, 24 * 365).default(24 * 7),
  ORGANIZATION_REQUESTS_PER_MINUTE: wholeNumber(0, 10_000_000).default(6000),
  HSTS_MAX_AGE_DAYS: wholeNumber(0, 3650).default(365),
  HSTS_INCLUDE_SUBDOMAINS: oneOf("true", "false").default("false"),
  LOGTO_ENDPOINT: address,
  LOGTO_APP_ID: secret,
  LOGTO_APP_SECRET: secret,
  LOGTO_M2M_APP_ID: z.string().optional(),
  LOGTO_M2M_APP_SECRET: z.string().optional(),
  LOGTO_MANAGEMENT_API_RESOURCE: z.string().optional(),
  LOGTO_WEBHOOK_SIGNING_KEY: z.string().optional(),
  HUGGINGFACE_ENDPOINT: address.default("https://huggingface.co"),
  HUGGINGFACE_CLIENT_ID: z.string().optional(),
  HUGGINGFACE_CLIENT_SECRET: z.string().optional(),
  SMTP_URL: z
    .string()
    .refine(
      (value) => /^smtps?:\/\//.test(value) && URL.canParse(value),
      "must be an address such as smtp://user:password@mail.example.com:587",
    )
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      // One address, whose name has its quotation marks in pairs, and nothing that begins a list or a group.
      /^([^<>"\r\n:;]|"[^"\r\n]*")*<[^<>\s@,;:"]+@[^<>\s@,;:"]+>$|^[^<>\s@,;:"]+@[^<>\s@,;:"]+$/,
      "must be a sender such as Example <mail@example.com>",
    )
    .optional(),
});

type Settings = z.infer<typeof settings>;

const secretNames = [
  "METRICS_TOKEN",
  "SESSION_SECRET",
  "LOGTO_APP_SECRET",
  "LOGTO_M2M_APP_SECRET",
  "LOGTO_WEBHOOK_SIGNING_KEY",
  "HUGGINGFACE_CLIENT_SECRET",
];

/** What each part of the application needs to know, typed and checked. */
export type Config = ReturnType<typeof arrange>;

/** Thrown with every fault at once; `message` is the block to show. */
export class InvalidConfigError extends Error {
  override name = "InvalidConfigError";
}

/**
 * Reads the settings, all of them: nothing else that serves looks into the environment.
 *
 * @param environment variables; empty ones count as not set
 * @throws InvalidConfigError naming all that is missing or wrong; never showing a value
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return arrange(checkSettings(settings, environment, `${productName} cannot start`));
}

/**
 * Holds the environment to a schema of settings, and to what production asks of them.
 *
 * @param consequence what cannot be done without them
 * @throws InvalidConfigError
 */
export function checkSettings<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Readonly<Record<string, string | undefined>>,
  consequence: string,
): z.output<z.ZodObject<Shape>> {
  const present = trimValues(environment);
  const misread = findFileSyntax(present).filter(({ name }) => name in schema.shape);
  const result = schema.safeParse(present);
  const others = [
    ...(result.error?.issues ?? []).map(({ path, message }) => ({
      name: String(path[0]),
      message,
    })),
    ...findWeaknesses(present).filter(({ name }) => name in schema.shape),
  ];
  // What is wrong with it otherwise may come of that.
  const isMisread = new Set(misread.map(({ name }) => name));
  const faults = [...misread, ...others.filter(({ name }) => !isMisread.has(name))];
  if (!result.success || faults.length > 0) {
    throw new InvalidConfigError(describeFaults(consequence, faults));
  }
  return result.data;
}

/** What is well-formed, and still not fit for production; looks at the settings as they came. */
function findWeaknesses(present: Readonly<Record<string, string | undefined>>): SettingFault[] {
  if ((present["NODE_ENV"] ?? "production") !== "production") return [];
  const faults: SettingFault[] = [];
  for (const name of ["BASE_URL", "LOGTO_ENDPOINT", "HUGGINGFACE_ENDPOINT"]) {
    const value = present[name] ?? "";
    if (!URL.canParse(value)) continue;
    const { protocol, hostname } = new URL(value);
    if (protocol === "http:" && !loopbackHosts.has(hostname)) {
      faults.push({ name, message: "must use https in production (http is for localhost only)" });
    }
  }
  if (splitSecrets(present["SESSION_SECRET"] ?? "").some(isWeak)) {
    faults.push({
      name: "SESSION_SECRET",
      message:
        "is too weak for production: use at least 32 random characters (openssl rand -base64 32)",
    });
  }
  for (const name of secretNames) {
    if (present[name]?.toLowerCase().includes(exampleMark)) {
      faults.push({ name, message: "is the one from the example: make your own for production" });
    }
  }
  return faults;
}

function describeFaults(consequence: string, faults: readonly SettingFault[]): string {
  const width = Math.max(...faults.map((fault) => fault.name.length));
  const lines = faults.map((fault) => `  ${fault.name.padEnd(width)}  ${fault.message}`);
  return [
    `${consequence}: ${faults.length === 1 ? "a setting is" : `${faults.length} settings are`} missing or wrong.`,
    "",
    ...lines,
    "",
    ".env.example explains every setting.",
  ].join("\n");
}

function arrange(values: Settings) {
  const base = new URL(values.BASE_URL);
  const isLoopback = loopbackHosts.has(base.hostname);
  return {
    baseUrl: values.BASE_URL,
    isSecure: base.protocol === "https:",
    /** Strict-Transport-Security; null where there is no https. An age of 0 has browsers forget an earlier one. */
    transportSecurity:
      base.protocol === "https:"
        ? `max-age=${values.HSTS_MAX_AGE_DAYS * 86_400}${values.HSTS_INCLUDE_SUBDOMAINS === "true" ? "; includeSubDomains" : ""}`
        : null,
    /** Whether it runs on a developer's machine: errors show what happened. */
    isDevelopment: values.NODE_ENV === "development",
    server: {
      host: values.HOST ?? (isLoopback ? "127.0.0.1" : "0.0.0.0"),
      port: values.PORT ?? (base.protocol === "http:" && base.port ? Number(base.port) : 3000),
      /** How many reverse proxies in front of us to believe about the client's address. */
      trustedProxyHops: values.TRUSTED_PROXY_HOPS,
      /** How long /readyz says no before the port closes, so that a load balancer notices. */
      shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    },
    logLevel: values.LOG_LEVEL,
    /** Whoever asks for metrics has to have it; undefined: nobody may ask. */
    metricsToken: values.METRICS_TOKEN,
    database: { url: values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE },
    /** Straight to PostgreSQL: past a pool in transaction mode. */
    jobs: { databaseUrl: values.JOBS_DATABASE_URL ?? values.DATABASE_URL },
    mail: {
      smtpUrl: values.SMTP_URL,
      from: values.MAIL_FROM ?? `${productName} <no-reply@${base.hostname}>`,
    },
    sessions: {
      /** The first signs; all are accepted, so that keys can be rotated. */
      secrets: splitSecrets(values.SESSION_SECRET),
      idleSeconds: values.SESSION_IDLE_HOURS * 3600,
      absoluteSeconds: values.SESSION_ABSOLUTE_HOURS * 3600,
    },
    organizations: {
      /** Of all members of one organization together, at each instance; 0: without a limit. */
      requestsPerMinute: values.ORGANIZATION_REQUESTS_PER_MINUTE,
    },
    logto: {
      endpoint: values.LOGTO_ENDPOINT,
      appId: values.LOGTO_APP_ID,
      appSecret: values.LOGTO_APP_SECRET,
      /** Null: nothing is kept in step with Logto. */
      management:
        values.LOGTO_M2M_APP_ID && values.LOGTO_M2M_APP_SECRET
          ? arrangeManagement({
              ...values,
              LOGTO_M2M_APP_ID: values.LOGTO_M2M_APP_ID,
              LOGTO_M2M_APP_SECRET: values.LOGTO_M2M_APP_SECRET,
            })
          : null,
      /** The first is the present one; all are accepted, so that keys can be rotated. Empty: no webhooks. */
      webhookKeys: splitSecrets(values.LOGTO_WEBHOOK_SIGNING_KEY ?? ""),
    },
    huggingFace: {
      endpoint: values.HUGGINGFACE_ENDPOINT,
      /** Null: organizations cannot be connected. */
      client: arrangeHuggingFaceClient(values),
    },
  };
}

export function arrangeManagement(
  values: Pick<Settings, "LOGTO_ENDPOINT" | "LOGTO_MANAGEMENT_API_RESOURCE"> &
    Record<"LOGTO_M2M_APP_ID" | "LOGTO_M2M_APP_SECRET", string>,
) {
  return {
    credentials: { appId: values.LOGTO_M2M_APP_ID, appSecret: values.LOGTO_M2M_APP_SECRET },
    resource: values.LOGTO_MANAGEMENT_API_RESOURCE ?? findManagementResource(values.LOGTO_ENDPOINT),
  };
}

export function arrangeHuggingFaceClient({
  HUGGINGFACE_CLIENT_ID: id,
  HUGGINGFACE_CLIENT_SECRET: clientSecret,
}: Pick<Settings, "HUGGINGFACE_CLIENT_ID" | "HUGGINGFACE_CLIENT_SECRET">) {
  return id && clientSecret ? { id, secret: clientSecret } : null;
}

function splitSecrets(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function isWeak(key: string): boolean {
  return key.length < 32 || new Set(key).size < 8;
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(value);
  const isWeb = protocol === "https:" || protocol === "http:";
  return isWeb && /^\/+$/.test(pathname) && search + hash + username + password === "";
}

/**
 * What Logto calls its own API: the same for everybody who hosts it, and the tenant's address in Logto's cloud.
 *
 * @param endpoint an origin
 */
function findManagementResource(endpoint: string): string {
  return new URL(endpoint).hostname.endsWith(".logto.app")
    ? `${endpoint}/api`
    : "https://default.logto.app/api";
}
