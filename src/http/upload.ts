import { bulkhead, BulkheadRejectedError } from "cockatiel";
import type { Context } from "koa";
import { z } from "zod";

import { parseFields, readBytes } from "./body.ts";
import { AppError, httpError } from "./errors.ts";

/** The one file that a form sends. */
export type FileField = {
  /** The name of its field. */
  field: string;
  /** The largest file, in bytes. */
  most: number;
};

/** Stands for a file that is larger than the route takes: its bytes were not kept. */
const tooLarge = Symbol("too large");

/** The parts around the file: the boundary, headers, other fields. */
const overhead = 64 * 1024;

/** Milliseconds that a file may take to arrive. */
const timeoutMs = 10_000;

/** So many files are received at a time: they are in memory. */
const receiving = bulkhead(16);

/**
 * Reads a form with a file (multipart/form-data: RFC 7578).
 *
 * @returns the fields, still to be validated: texts as `readBody` returns them, the file as its bytes
 * @throws request.unsupported_media_type, request.too_slow, request.malformed, server.busy
 */
export async function readUpload(
  ctx: Context,
  { field, most }: FileField,
): Promise<Record<string, unknown>> {
  if (!ctx.is("multipart/form-data") || ctx.get("Content-Encoding")) {
    throw httpError("request.unsupported_media_type");
  }
  const bytes = await limitUploads(receiving, () =>
    readBytes(ctx, { limit: most + overhead, timeoutMs }),
  ).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "request.too_large") return null;
    throw error;
  });
  if (bytes === null) return { [field]: tooLarge };

  const texts = new URLSearchParams();
  const files: Record<string, unknown> = {};
  for (const [name, value] of await parse(bytes, ctx.get("Content-Type"))) {
    if (typeof value === "string") texts.append(name, value);
    // A second file, or one under another name, is no valid field.
    else if (name !== field || name in files) files[name] = value.name;
    // Where nothing was chosen, browsers send an empty file without a name.
    else if (value.size > 0 || value.name !== "") {
      files[name] = value.size > most ? tooLarge : new Uint8Array(await value.arrayBuffer());
    }
  }
  return { ...parseFields(texts), ...files };
}

/** Node's own parser. */
async function parse(bytes: Uint8Array, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), {
      headers: { "Content-Type": type },
    }).formData();
  } catch (error) {
    throw httpError("request.malformed", { cause: error });
  }
}

/** Does work whose number at a time is limited. @throws server.busy if too many wait already */
export async function limitUploads<T>(
  limit: Pick<ReturnType<typeof bulkhead>, "execute">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await limit.execute(work);
  } catch (error) {
    if (!(error instanceof BulkheadRejectedError)) throw error;
    throw httpError("server.busy", { cause: error, headers: { "Retry-After": "5" } });
  }
}

/**
 * The file of a route that declares one, as its bytes.
 *
 * @param file.what the thing to choose, such as "a picture"
 */
export function fileField({ what, most }: { what: string; most: number }) {
  return z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array, {
    error: ({ input }) =>
      input === tooLarge
        ? `Please choose ${what} of at most ${most / 1024} KB.`
        : `Please choose ${what}.`,
  });
}
