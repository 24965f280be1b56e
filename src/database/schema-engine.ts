import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

import { describeConnection, unlimited } from "./connection.ts";

const require = createRequire(import.meta.url);

export type SchemaEngine = Awaited<ReturnType<typeof openSchemaEngine>>;

/**
 * Opens Prisma's schema engine, compiled to WebAssembly, on a database.
 *
 * It is the engine of `prisma migrate`, without the binary that this command downloads
 * (docs/decisions/003-prisma-without-downloads.md).
 *
 * @param url connection string of the schema's owner
 * @param schema text of schema.prisma
 * @param Adapter that connects to the database; development has another one
 */
export async function openSchemaEngine(url: string, schema: string, Adapter = MigrationAdapter) {
  await loadWebAssembly();
  // One connection, since a migration is a sequence of statements in one session.
  const pool = new pg.Pool({
    ...describeConnection(url, unlimited),
    max: 1,
    connectionTimeoutMillis: 10_000,
  });
  const adapter = new Adapter(pool);
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [["schema.prisma", schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  return {
    engine,
    /** PostgreSQL's own error, which the engine's error lacks. */
    scriptError: () => adapter.scriptError,
    async close(): Promise<void> {
      engine.free();
      await pool.end();
    },
  };
}

/**
 * Sends a script as a whole, which PostgreSQL runs in one implicit transaction. The `executeScript` of PrismaPg cuts it at every
 * semicolon, also inside a function body.
 */
export class MigrationAdapter extends PrismaPg {
  /** PostgreSQL's error. The engine only reports that something failed. */
  scriptError: unknown;

  override async connect(): ReturnType<PrismaPg["connect"]> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter
        .underlyingDriver()
        .query(script)
        .catch((error: unknown) => {
          this.scriptError = error;
          throw error;
        });
    };
    return adapter;
  }
}

// TypeScript declares WebAssembly only in the types of a browser.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

let loading: Promise<void> | undefined;

function loadWebAssembly(): Promise<void> {
  loading ??= (async () => {
    const file = require
      .resolve("@prisma/schema-engine-wasm")
      .replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
    const { instance } = await WebAssembly.instantiate(await readFile(file), {
      "./schema_engine_bg.js": bindings,
    });
    bindings.__wbg_set_wasm(instance.exports);
    const start = instance.exports["__wbindgen_start"];
    if (typeof start === "function") start();
  })();
  return loading;
}
