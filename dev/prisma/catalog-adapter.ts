import { randomUUID } from "node:crypto";

import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

import { describeConnection } from "../../src/database/connection.ts";
import { MigrationAdapter } from "../../src/database/schema-engine.ts";
import { createDatabase, dropDatabase } from "../postgres/databases.ts";

type Adapter = Awaited<ReturnType<MigrationAdapter["connect"]>>;

/** The numbers that PostgreSQL gives the types `"char"` and `text`. */
const charType = 18;
const textType = 25;

/**
 * Lets the schema engine read a database's catalog and make a shadow database, which `migrate diff`, `db pull` and the
 * like need. `@prisma/adapter-pg` does neither: it refuses the type `"char"`, of which the catalog is full, and its
 * shadow connection ends up in the real database when that is named by a URL.
 */
export class CatalogAdapter extends MigrationAdapter {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    readChars(adapter, this.#pool);
    return adapter;
  }

  override async connectToShadowDb(): Promise<Adapter> {
    const serverUrl = this.#pool.options.connectionString ?? "";
    const url = await createDatabase(serverUrl, `prisma_migrate_shadow_db_${randomUUID()}`);
    const pool = new pg.Pool({ ...describeConnection(url), max: 1 });
    const adapter = await new CatalogAdapter(pool).connect();
    adapter.dispose = async () => {
      await pool.end();
      await dropDatabase(url);
    };
    return adapter;
  }
}

/** Passes `"char"` columns through the adapter as text, and calls them characters afterwards. */
function readChars(adapter: Adapter, pool: pg.Pool): void {
  const charColumns = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool) as (config: unknown) => Promise<pg.QueryArrayResult>;
  const queryAsText = async (config: unknown) => {
    const result = await query(config);
    // A script of several statements has no fields of its own.
    for (const [column, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== charType) continue;
      field.dataTypeID = textType;
      charColumns.set(result.rows, [...(charColumns.get(result.rows) ?? []), column]);
    }
    return result;
  };
  Object.assign(pool, { query: queryAsText });

  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    for (const column of charColumns.get(result.rows) ?? []) {
      result.columnTypes[column] = ColumnTypeEnum.Character;
      // An empty one is the byte 0.
      for (const row of result.rows) if (row[column] === "") row[column] = "\0";
    }
    return result;
  };
}
