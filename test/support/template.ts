import pg from "pg";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The template's schema, by describeSchema(). */
    templateSchema: string;
    /** SQL that resets a clone's tables and sequences to those of the template. */
    emptyingSql: string;
  }
}

/** A hash that each change of the schema changes. Statistics do not change it. */
const schema = `
  select md5(string_agg(row, ',' order by row)) as schema from (
    select concat('class ', oid, ' ', xmin, ' ', relrowsecurity) as row from pg_class
    union all select concat('attribute ', attrelid, attnum, ' ', xmin) from pg_attribute
    union all select concat('default ', oid, ' ', xmin) from pg_attrdef
    union all select concat('constraint ', oid, ' ', xmin) from pg_constraint
    union all select concat('trigger ', oid, ' ', xmin) from pg_trigger
    union all select concat('policy ', oid, ' ', xmin) from pg_policy
    union all select concat('function ', oid, ' ', xmin) from pg_proc
    union all select concat('type ', oid, ' ', xmin) from pg_type
    union all select concat('namespace ', oid, ' ', xmin) from pg_namespace
    union all select concat('setting ', setrole, setconfig) from pg_db_role_setting
      where setdatabase = (select oid from pg_database where datname = current_database())
  )`;

/** The tables with rows of the migrations, which stay. */
const filled = `
  select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
  where (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', schemaname, relname), false, true, '')))[1]::text <> '0'`;

const allTables = "select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables";
const allSequences = `
  select format('%I.%I', schemaname, sequencename) as name, start_value as start from pg_sequences
  where last_value is null`;

/** Describes the template, and how to make a clone equal to it. */
export async function describeTemplate(
  url: string,
): Promise<{ templateSchema: string; emptyingSql: string }> {
  return connected(url, async (client) => {
    const kept = new Set(
      (await client.query<{ name: string }>(filled)).rows.map(({ name }) => name),
    );
    const tables = (await client.query<{ name: string }>(allTables)).rows;
    const sequences = (await client.query<{ name: string; start: string }>(allSequences)).rows;
    const deletions = tables
      .filter(({ name }) => !kept.has(name))
      .map(({ name }) => `delete from ${name};`);
    const restarts = sequences.map(
      ({ name, start }) => `select setval('${name}', ${start}, false);`,
    );
    return {
      templateSchema: await describeSchema(client),
      // Triggers are off, since they would refuse to delete the last owner of an organization.
      emptyingSql: ["set session_replication_role = replica;", ...deletions, ...restarts].join(
        "\n",
      ),
    };
  });
}

/** @returns whether the clone is equal to the template now; it neither repairs a schema nor frees much space */
export async function restoreTemplate(url: string): Promise<boolean> {
  return connected(url, async (client) => {
    const size = 'select pg_database_size(current_database()) < 16000000 as "isSmall"';
    const [row] = (await client.query<{ isSmall: boolean }>(size)).rows;
    if (!row?.isSmall || (await describeSchema(client)) !== inject("templateSchema")) return false;
    await client.query(inject("emptyingSql"));
    return true;
  });
}

async function describeSchema(client: pg.Client): Promise<string> {
  const [row] = (await client.query<{ schema: string }>(schema)).rows;
  if (!row) throw new Error("There is no schema.");
  return row.schema;
}

/** Works with a connection of its own, without a pool. */
export async function connected<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
