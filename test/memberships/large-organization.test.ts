import { afterAll, beforeAll, expect, it } from "vitest";
import pg from "pg";

import { applicationRole } from "../../src/database/database.ts";
import { readMembers } from "../../src/memberships/member-list.ts";
import type { Read } from "../../src/http/route.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

/** Members of the large organization. */
const members = 3_000;

/** As in production: PostgreSQL expects few rows of an organization, since most of them have few. */
const smallOrganizations = 500;

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`
    begin;
    set local session_replication_role = replica;
    insert into users (id, issuer, subject, name)
      select gen_random_uuid(), 'test', 's' || n, 'Person ' || n from generate_series(1, ${members}) n;
    insert into organizations (id, slug, name)
      select gen_random_uuid(), 'o' || n, 'Acme' from generate_series(0, ${smallOrganizations}) n;
    create temporary table pairs on commit drop as
      select o.id as organization_id, u.id as user_id, u.subject
        from organizations o join users u on o.slug = 'o0' or right(u.subject, 3) = right(o.slug, 3);
    insert into memberships (organization_id, user_id, role, created_at)
      select organization_id, user_id, 'member', now() - random() * interval '1 year' from pairs;
    commit;
    analyze;`);
  client = new pg.Client({
    connectionString: database.url,
    options: `-c role=${applicationRole} -c plan_cache_mode=force_generic_plan -c jit=off`,
  });
  await client.connect();
  const [organization] = await database.query<{ id: string }>(
    "select id from organizations where slug = 'o0'",
  );
  await client.query("select set_config('app.organization_id', $1, false)", [organization?.id]);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

type Plan = { "Shared Hit Blocks": number; "Shared Read Blocks": number };

/** How many blocks a statement touches once PostgreSQL has planned it for any values. */
async function countBlocks({ text, values }: Read<object>): Promise<number> {
  const { rows: explained } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
    `explain (analyze, buffers, format json) ${text}`,
    values,
  );
  const plan = explained[0]?.["QUERY PLAN"][0].Plan;
  return plan ? plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] : Number.NaN;
}

it("reads a page of the members of a large organization, and not all of them", async () => {
  const blocks = await countBlocks(readMembers({}));
  // A row is at most a few blocks away from an index; reading all of them takes thousands.
  expect(blocks).toBeGreaterThan(20);
  expect(blocks).toBeLessThan(600);
});
