import { z } from "zod";

import { type Environment, findFileSyntax, type SettingFault, trimValues } from "./environment.ts";
import { loopbackHosts } from "./loopback.ts";

/** The demands of production on a setting, beyond its shape. */
const demands = z.registry<{ demand: "own secret" | "strong keys" | "https" }>();

/** Marks the secrets of .env.example and docker-compose.yml: fine on a laptop, refused in production. */
const exampleMark = "example";

/** A setting that must be there. */
export const required = z.string({ error: "is missing" });

/** A secret. Production refuses the one of the example. */
export const secret = (schema: z.ZodType<string> = required) =>
  z.clone(schema).register(demands, { demand: "own secret" });

/** Keys separated by commas. Production refuses short ones and those of the example. */
export const signingKeys = required
  .refine((value) => splitSecrets(value).length > 0, "is missing")
  .register(demands, { demand: "strong keys" });

/** The origin of a web address. Redirects, cookies and the CSRF check rely on nothing behind the host. */
export const webAddress = required
  .refine(isOrigin, "must be an address such as https://app.example.com, without a path")
  .transform((value) => new URL(value).origin)
  .register(demands, { demand: "https" });

export const number = (smallest: number, largest: number, unit = "a number") =>
  z.coerce
    .number({ error: `must be ${unit}` })
    .min(smallest, `must be ${unit} from ${smallest} to ${largest}`)
    .max(largest, `must be ${unit} from ${smallest} to ${largest}`);

export const wholeNumber = (smallest: number, largest: number) =>
  number(smallest, largest, "a whole number").int("must be a whole number");

export const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(", ")}` });

/** Thrown with every fault at once; `message` is the block to show. */
export class InvalidConfigError extends Error {
  override name = "InvalidConfigError";
}

/**
 * Checks the environment against a schema of settings, and against the demands of production.
 *
 * @param consequence of a fault, such as "Acme cannot start"
 * @throws InvalidConfigError that names every missing or wrong setting and shows no value
 */
export function checkSettings<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Environment,
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
    ...findWeaknesses(schema.shape, present),
  ];
  // File syntax may be the cause of any other fault.
  const isMisread = new Set(misread.map(({ name }) => name));
  const faults = [...misread, ...others.filter(({ name }) => !isMisread.has(name))];
  if (!result.success || faults.length > 0) {
    throw new InvalidConfigError(describeFaults(consequence, faults));
  }
  return result.data;
}

/** Finds values that are well-formed but unfit for production. */
function findWeaknesses(shape: z.ZodRawShape, present: Record<string, string>): SettingFault[] {
  if ((present["NODE_ENV"] ?? "production") !== "production") return [];
  return Object.entries(shape).flatMap(([name, schema]) => {
    const value = present[name];
    const demand = findDemand(schema);
    if (value === undefined || demand === undefined) return [];
    const messages = demand === "https" ? findPlainHttp(value) : findWeakSecret(demand, value);
    return messages.map((message) => ({ name, message }));
  });
}

/** An optional setting, and one with a default, wraps the schema that carries the demand. */
function findDemand(schema: z.core.$ZodType) {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  return demands.get(inner)?.demand;
}

function findPlainHttp(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { protocol, hostname } = new URL(value);
  return protocol === "http:" && !loopbackHosts.has(hostname)
    ? ["must use https in production (http is for localhost only)"]
    : [];
}

function findWeakSecret(demand: "own secret" | "strong keys", value: string): string[] {
  const isTooWeak = demand === "strong keys" && splitSecrets(value).some(isWeak);
  return [
    ...(isTooWeak
      ? ["is too weak for production: use at least 32 random characters (openssl rand -base64 32)"]
      : []),
    ...(value.toLowerCase().includes(exampleMark)
      ? ["is the one from the example: make your own for production"]
      : []),
  ];
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

/** Splits a list of keys. The first one signs; all of them are accepted, so that keys can be rotated. */
export function splitSecrets(value: string): string[] {
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
