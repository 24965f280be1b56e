import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

describe("audit_events", () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({
      connectionString: database.url,
      options: `-c role=${applicationRole}`,
    });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  it("may be read and extended by the application only", async () => {
    const grants = await database.query<{ privilege: string }>(
      `select privilege_type as privilege from information_schema.role_table_grants
        where table_name = 'audit_events' and grantee = '${applicationRole}' order by 1`,
    );
    expect(grants).toEqual([{ privilege: "INSERT" }, { privilege: "SELECT" }]);
    const columns = await database.query(
      `select from information_schema.column_privileges
        where table_name = 'audit_events' and grantee = '${applicationRole}'
          and privilege_type not in ('INSERT', 'SELECT')`,
    );
    expect(columns).toEqual([]);
  });

  it.each([
    "update audit_events set action = 'nothing.happened'",
    "delete from audit_events",
    "truncate audit_events",
    "insert into audit_events select * from audit_events on conflict (organization_id, id) do update set action = 'x'",
    "merge into audit_events using (select 1) on true when matched then delete",
    "alter table audit_events disable row level security",
    "drop table audit_events",
    "create trigger t before insert on audit_events for each row execute function require_owner()",
    "create rule r as on insert to audit_events do instead nothing",
  ])("refuses the application %s", async (statement) => {
    await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });
});
