import { finished } from "node:stream/promises";

import type { Context } from "koa";
import getRawBody from "raw-body";

import { httpError } from "./errors.ts";

/** 100 KB: forms and JSON documents are small; files would have routes of their own. */
const limit = 100 * 1024;

/** How deep JSON may nest. */
const deepest = 32;

/** Milliseconds for which it reads the rest of a body that is too large. */
const discardTimeoutMs = 2_000;

/** How many bytes {@link readBytes} takes, and how many milliseconds they may take to arrive. */
export type ByteLimits = { limit: number; timeoutMs: number };

/** The format in which a route takes its input: a browser's form, or JSON. */
export type BodyFormat = "form" | "json";

/**
 * Reads a request's body.
 *
 * @returns the parsed value, still to be validated; a form's fields are strings, or arrays of them
 *   where a field was sent more than once
 * @throws request.unsupported_media_type, request.too_large, request.malformed
 */
export async function readBody(ctx: Context, format: BodyFormat): Promise<unknown> {
  const isExpectedType = ctx.is(
    format === "form" ? "application/x-www-form-urlencoded" : "application/json",
  );
  // A compressed body could unfold into any size.
  if (!isExpectedType || ctx.get("Content-Encoding")) {
    throw httpError("request.unsupported_media_type");
  }
  const text = await readText(ctx);
  return format === "form" ? parseForm(text) : parseJson(text);
}

/**
 * Turns a query or a form into an object. A field that was sent once is a string. A field that was sent
 * more than once is an array, and a schema that wants a string refuses it.
 *
 * @throws request.malformed for a NUL, which PostgreSQL cannot store
 */
export function parseFields(fields: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(fields.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const values = fields.getAll(name);
      if ([name, ...values].some((text) => text.includes("\0")))
        throw httpError("request.malformed");
      const [first = ""] = values;
      return [name, values.length > 1 ? values : first];
    }),
  );
}

function parseForm(text: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(text);
  // URLSearchParams turns invalid UTF-8 into U+FFFD. It is refused, not stored.
  if (fields.toString().includes("%EF%BF%BD")) throw httpError("request.malformed");
  return parseFields(fields);
}

/**
 * Reads a body as bytes, whatever its content type: a signature covers the bytes that were sent.
 *
 * @throws request.too_large, request.too_slow, request.malformed
 */
export async function readBytes(ctx: Context, { limit: most, timeoutMs }: ByteLimits) {
  const bytes = receive(ctx, most);
  // After the timeout nothing else handles its rejection.
  bytes.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    const headers = { Connection: "close" };
    timer = setTimeout(() => reject(httpError("request.too_slow", { headers })), timeoutMs);
  });
  try {
    return await Promise.race([bytes, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

async function readText(ctx: Context): Promise<string> {
  const bytes = await receive(ctx, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw httpError("request.malformed", { cause: error });
  }
}

async function receive(ctx: Context, most: number): Promise<Buffer> {
  try {
    const length = ctx.get("Content-Length");
    return await getRawBody(ctx.req, { limit: most, ...(length && { length }) });
  } catch (error) {
    const isTooLarge =
      error instanceof Error && "type" in error && error.type === "entity.too.large";
    if (isTooLarge) await discardRest(ctx);
    throw httpError(isTooLarge ? "request.too_large" : "request.malformed", { cause: error });
  }
}

/** A client that is still sending when the connection closes never sees the answer. */
async function discardRest({ req }: Context): Promise<void> {
  req.resume();
  await finished(req, { signal: AbortSignal.timeout(discardTimeoutMs) }).catch(() => undefined);
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (isPlain(value, deepest)) return value;
  } catch (error) {
    throw httpError("request.malformed", { cause: error });
  }
  throw httpError("request.malformed");
}

/** Tells whether schemas can walk a value without running out of stack, and PostgreSQL can store all its text. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "string") return !/[\0\p{Cs}]/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return (
    depth > 0 &&
    Object.entries(value).every(([name, inner]) => isPlain(name, 0) && isPlain(inner, depth - 1))
  );
}
