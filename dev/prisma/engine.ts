#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { Client } from "pg";

import { locate, settle } from "../../src/database/address.ts";
import { openSchemaEngine } from "../../src/database/schema-engine.ts";
import { codeOf, describeFault } from "../system/faults.ts";
import { CatalogAdapter } from "./catalog-adapter.ts";
import { noDatabase } from "./database-url.ts";
import { createDatabaseOf, listMethods, type Methods } from "./methods.ts";

// Prisma's CLI starts this file as its schema engine (prisma.config.ts), in place of the binary that it would download.
// It speaks as the binary does, JSON-RPC in lines, and lets the same engine answer, compiled to WebAssembly.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    datamodels: { type: "string", multiple: true, default: [] },
    datasource: { type: "string", default: "{}" },
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
    version: { type: "boolean" },
  },
});
const { url = "" }: { url?: string } = JSON.parse(values.datasource);

if (values.version) process.stdout.write("schema-engine as WebAssembly\n");
else if (positionals[0] === "cli") await runOnce(positionals[1]);
else await answerRequests();
// The engine leaves a timer of ten seconds behind.
process.exit();

/** Two commands of the binary that are no requests. */
async function runOnce(command: string | undefined): Promise<void> {
  try {
    if (command === "can-connect-to-database") await connect();
    else if (command === "create-database") await createDatabaseOf(url);
    else throw new Error(`The engine does not know the command ${command}.`);
  } catch (error) {
    const fields = { message: describeFailure(error), error_code: findErrorCode(error) };
    const record = { level: "ERROR", target: "schema_engine::logger", fields };
    // The CLI skips the first line.
    process.stderr.write(`\n${JSON.stringify(record)}`, () => process.exit(1));
    await new Promise(() => {});
  }
}

async function connect(): Promise<void> {
  const client = new Client({ connectionString: settle(url), connectionTimeoutMillis: 10_000 });
  await client.connect();
  await client.end();
}

async function answerRequests(): Promise<void> {
  let methods: Promise<Methods> | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params }: { id: number; method?: string; params: never } = JSON.parse(line);
    // A line without a method answers what this program has printed.
    if (method === undefined) continue;
    try {
      methods ??= open();
      const call = (await methods)[method];
      if (!call) throw new Error(`The engine does not know the method ${method}.`);
      send({ id, result: (await call(params)) ?? {} });
    } catch (error) {
      const message = describeFailure(error);
      const data = { is_panic: false, message, error_code: codeOf(error) };
      send({ id, error: { code: 4466, message, data } });
    }
  }
}

async function open(): Promise<Methods> {
  if (url === "") throw new Error(noDatabase);
  const texts = await Promise.all(values.datamodels.map((path) => readFile(path, "utf8")));
  const { engine } = await openSchemaEngine(url, texts.join("\n"), CatalogAdapter);
  return listMethods(engine, url, (content) =>
    send({ id: 0, method: "print", params: { content } }),
  );
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

/** Prisma's own codes: the database is missing, the login is refused, the server is out of reach. */
function findErrorCode(error: unknown): string {
  const code = codeOf(error) ?? "";
  if (code === "3D000") return "P1003";
  return code.startsWith("28") ? "P1000" : "P1001";
}

function describeFailure(error: unknown): string {
  if (codeOf(error) !== "ECONNREFUSED") return describeFault(error);
  const { host, port } = locate(url);
  return `PostgreSQL does not answer at ${host}:${port}. Start it, or set DATABASE_URL to another one.`;
}
