import { afterEach, describe, expect, it } from "vitest";

import { runTask } from "../support/tasks.ts";
import { useSignIn } from "../support/sign-in.ts";

const { application, reachCallback } = useSignIn();
const lines: { level: string; fields: object; message: string }[] = [];
const write = (level: string) => (fields: object, message?: string) =>
  void lines.push({ level, fields, message: message ?? "" });
const logger = { info: write("info"), warn: write("warn"), error: write("error") };

const purge = (name: string) => runTask(application, name, logger);
const count = async (table: "sessions" | "sign_in_transactions" | "back_channel_logouts") =>
  (await application.query(`select from ${table}`)).length;
afterEach(() => {
  lines.length = 0;
});

/** Sessions, so many of which can never be valid again. */
async function addSessions(old: number, young: number): Promise<void> {
  await application.query("delete from sessions");
  const { id } = await application.createPerson();
  await application.query(
    `insert into sessions (id_hash, user_id, created_at)
     select sha256(n::text::bytea), $1, now() - case when n <= $2::int then interval '8 days' else interval '6 days' end
       from generate_series(1, $2::int + $3::int) n`,
    [id, old, young],
  );
}

/** Organizations that were deleted so long ago that nobody can restore them. @returns their ids */
async function addDeletedOrganizations(number: number): Promise<string[]> {
  const owner = await application.createPerson();
  const ids: string[] = [];
  for (let n = 0; n < number; n += 1) ids.push((await application.createOrganization(owner)).id);
  await application.query(
    "update organizations set deleted_at = now() - interval '15 days' where id = any($1)",
    [ids],
  );
  return ids;
}

describe("session.purge_expired", () => {
  it("SE21 PR05 removes all sessions that can never be valid again, and no other", async () => {
    await addSessions(1_234, 56);
    await purge("session.purge_expired");
    expect(await count("sessions")).toBe(56);
  });
});

describe("sign_in_transaction.purge_expired", () => {
  it("SI33 PR05 forgets sign-ins that expired more than an hour ago, and no other", async () => {
    await application.query("delete from sign_in_transactions");
    const agent = application.visitor();
    for (let start = 0; start < 3; start += 1) await reachCallback(agent);
    await application.query(
      `update sign_in_transactions set expires_at = now() - case
         when state_hash = (select max(state_hash) from sign_in_transactions) then interval '50 minutes'
         when state_hash = (select min(state_hash) from sign_in_transactions) then interval '70 minutes'
         else interval '-5 minutes' end`,
    );
    await purge("sign_in_transaction.purge_expired");
    expect(await count("sign_in_transactions")).toBe(2);
  });
});

describe("logout_token.purge_expired", () => {
  it("SI27 PR05 forgets logout tokens once nobody accepts them any more, and no other", async () => {
    await application.query(
      `insert into back_channel_logouts (jti_hash, expires_at)
       select sha256(n::text::bytea), now() + case when n <= 234 then interval '-1 second' else interval '1 minute' end
         from generate_series(1, 240) n`,
    );
    await purge("logout_token.purge_expired");
    expect(await count("back_channel_logouts")).toBe(6);
  });
});

describe("organization.purge_deleted", () => {
  it("purges the other organizations when one of them cannot be purged, and then fails", async () => {
    const ids = await addDeletedOrganizations(3);
    await application.query("create table clings (organization_id uuid references organizations)");
    await application.query("insert into clings values ($1)", [ids[1]]);
    try {
      await expect(purge("organization.purge_deleted")).rejects.toThrow("foreign key");
      expect(
        await application.query("select id from organizations where id = any($1)", [ids]),
      ).toEqual([{ id: ids[1] }]);
      const warnings = lines.filter(({ level }) => level === "warn");
      expect(warnings).toMatchObject([{ fields: { organizationId: ids[1] } }]);
    } finally {
      await application.query("drop table clings");
    }
    await purge("organization.purge_deleted");
    expect(lines.at(-1)).toMatchObject({
      fields: { organizationId: ids[1] },
      message: "organization purged",
    });
  });

  it("purges each organization once when several workers do it at the same time", async () => {
    const ids = await addDeletedOrganizations(8);
    const name = "organization.purge_deleted";
    await Promise.all([purge(name), purge(name), purge(name)]);
    const purged = lines.flatMap(({ fields }) => Object.values(fields).map(String));
    expect(purged.toSorted()).toEqual(ids.toSorted());
  });
});
