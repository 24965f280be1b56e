import fc from "fast-check";
import { Prisma } from "../../src/database/generated/client.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { describeError, writeError } from "../../src/runtime/describe-error.ts";
import { captureConsole, createLogger } from "../../src/runtime/logger.ts";

const canary = "c4n4ry-Zx81";

/** Returns the value that an attempt throws. */
function caught(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}

/** The line of a log that has an error. */
function logLine(...parameters: [unknown, string?]): string {
  const lines: string[] = [];
  createLogger("trace", { write: (line) => lines.push(line) }).error(...parameters);
  return lines.join("");
}

class PgError extends Error {
  severity = "ERROR";
  detail = `Key (email)=(${canary}) already exists.`;
  table = "users";
  constraint = "users_email_key";
  code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const prismaFault = (originalCode: string, originalMessage: string) =>
  new Prisma.PrismaClientKnownRequestError(
    `Invalid call\n{ email: "${canary}" }\nfailed ${canary}`,
    {
      code: "P2010",
      clientVersion: "7",
      meta: {
        modelName: "User",
        secret: canary,
        driverAdapterError: { cause: { kind: "postgres", originalCode, originalMessage } },
      },
    },
  );

describe("describeError()", () => {
  it.each<[string, () => unknown]>([
    [
      "a parser of HTTP",
      () =>
        Object.assign(new Error("Parse Error: Invalid character"), {
          rawPacket: Buffer.from(canary),
          code: "HPE_INVALID_CHUNK_SIZE",
        }),
    ],
    ["JSON", () => caught(() => JSON.parse(`{"a": ${canary}`))],
    ["an address", () => caught(() => new URL(canary))],
    ["a header's value", () => caught(() => new Headers({ a: `${canary}\n1` }))],
    [
      "a schema",
      () => z.strictObject({ a: z.literal("x") }).safeParse({ [canary]: canary, a: canary }).error,
    ],
    [
      "PostgreSQL's detail",
      () =>
        new PgError("23505", 'duplicate key value violates unique constraint "users_email_key"'),
    ],
    [
      "PostgreSQL's message",
      () => new PgError("22P02", `invalid input syntax for type uuid: "${canary}"`),
    ],
    [
      "Prisma itself",
      () =>
        new Prisma.PrismaClientValidationError(
          `Invalid call {\n  email: "${canary}"\n}\n\nArgument \`${canary}\` is missing.`,
          { clientVersion: "7" },
        ),
    ],
    [
      "a mail server",
      () =>
        Object.assign(new Error(`Message failed: 550 5.1.1 <${canary}@x.example> unknown`), {
          response: canary,
        }),
    ],
    [
      "fetch",
      () =>
        new TypeError("fetch failed", {
          cause: Object.assign(new Error(`connect to ${canary}.example:443`), { data: canary }),
        }),
    ],
    ["several", () => new AggregateError([new Error(`x=${canary}`)], canary)],
    ["a value", () => canary],
    ["an object", () => ({ message: canary, toString: () => canary, toJSON: () => canary })],
    [
      "a code",
      () =>
        Object.assign(new Error("x"), {
          code: canary,
          status: canary,
          address: canary,
          name: canary,
        }),
    ],
    [
      "a stack",
      () => Object.assign(new Error("x"), { stack: `Error: x\n    at ${canary}\n${canary}` }),
    ],
    ["lines that look like a stack", () => new Error(`x\n    at ${canary} (/${canary}:1:1)`)],
    ["its own words", () => new Error(`It can't be: '${canary}' isn't "${canary}`)],
    [
      "an object of its own",
      () => Object.assign(new Error("x"), { toJSON: () => canary, headers: { cookie: canary } }),
    ],
  ])("SE25 keeps what was sent out of a log, though %s says it", (_what, fail) => {
    const error = fail();
    expect(JSON.stringify(describeError(error))).not.toContain(canary);
    expect(writeError(error)).not.toContain(canary);
    for (const line of [
      logLine({ err: error }, "fault"),
      logLine({ reason: error instanceof Error ? error : "" }, "fault"),
      ...(error instanceof Error ? [logLine(error), logLine({ err: error })] : []),
    ]) {
      expect(line).not.toContain(canary);
    }
  });

  it("keeps what an operator needs: type, code, plain words, place and cause", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), {
      code: "ECONNREFUSED",
      syscall: "connect",
      address: "127.0.0.1",
      port: 5432,
    });
    const described = describeError(new TypeError("A session cannot keep _csrf.", { cause }));
    expect(described).toMatchObject({
      type: "TypeError",
      message: "A session cannot keep _csrf.",
      stack: expect.stringMatching(
        /^TypeError: A session cannot keep _csrf\.\n {4}at .*describe-error\.test\.ts:\d+:\d+/,
      ),
      cause: { code: "ECONNREFUSED", syscall: "connect", address: "127.0.0.1", port: 5432 },
    });
    expect(describeError(caught(() => (undefined as never)["a"])).message).toBe(
      "Cannot read properties of undefined (reading …)",
    );
  });

  it("keeps PostgreSQL's names of tables and constraints, and its SQLSTATE", () => {
    const message = 'duplicate key value violates unique constraint "users_email_key"';
    expect(describeError(new PgError("23505", message))).toMatchObject({
      message,
      sqlState: "23505",
      table: "users",
      constraint: "users_email_key",
    });
    expect(
      describeError(prismaFault("42501", "permission denied for table audit_events")),
    ).toMatchObject({
      message: "permission denied for table audit_events",
      code: "P2010",
      sqlState: "42501",
      modelName: "User",
    });
  });

  it("limits long messages, deep causes, circles and many errors", () => {
    let deep = new Error("0");
    for (let depth = 0; depth < 100; depth += 1)
      deep = new Error("word ".repeat(1e5), { cause: deep });
    const circle = new Error("circle");
    circle.cause = new AggregateError(
      Array.from({ length: 1e4 }, () => circle),
      "x",
    );
    for (const error of [deep, circle, new Error("a".repeat(1e6))]) {
      expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
    }
    expect(logLine({ text: "x".repeat(1e6) }, "y".repeat(1e6)).length).toBeLessThan(2_000);
  });

  it("survives an error with a getter that throws", () => {
    const error = new Error("x");
    Object.defineProperty(error, "message", {
      get() {
        throw new Error(canary);
      },
    });
    expect(describeError(error)).toEqual({
      type: "Error",
      message: "An error that cannot be read.",
    });
  });

  it("SE25 never repeats a random token from a message", () => {
    const token = fc
      .string({ unit: fc.constantFrom(...Array.from("abcXYZ019_-")), minLength: 20, maxLength: 43 })
      .filter((text) => /\d/.test(text) || text.length > 32);
    const around = fc.constantFrom(
      "Bad ",
      "",
      '"',
      "'",
      "token=",
      "(",
      "/invitations/",
      "a: ",
      "\n",
    );
    fc.assert(
      fc.property(token, around, around, (secret, before, after) => {
        expect(
          JSON.stringify(describeError(new Error(`Oh ${before}${secret}${after} no`))),
        ).not.toContain(secret);
      }),
    );
  });
});

it("captureConsole() writes what libraries print to the log, reduced in the same way", () => {
  const lines: string[] = [];
  const target = Object.create(console) as Console;
  captureConsole(createLogger("trace", { write: (line) => lines.push(line) }), target);
  target.trace(new PgError("57P01", "terminating connection"));
  target.error("Retried, and still failed:", new PgError("22P02", canary));
  target.warn(`Token ${canary} was sent`, { token: canary });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('"sqlState":"57P01"');
  expect(lines[2]).toContain("was sent");
  expect(lines.join("")).not.toContain(canary);
});
