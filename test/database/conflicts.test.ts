import { describe, expect, it } from "vitest";

import type { Transaction } from "../../src/database/database.ts";
import { isDatabaseUnavailable } from "../../src/database/faults.ts";
import { useApplication } from "../support/application.ts";
import { makeGate } from "../support/gate.ts";

const application = useApplication();

/** Two transactions, each of which holds what the other one wants. */
async function cross(write: (tx: Transaction, id: string) => Promise<unknown>) {
  const [first, second] = await Promise.all([
    application.createPerson(),
    application.createPerson(),
  ]);
  const { database } = application;
  const gates = [makeGate(), makeGate()] as const;
  const run = (ids: string[], [own, others]: { open(): void; opened: Promise<void> }[]) =>
    database.unscoped.$transaction(async (tx) => {
      await write(tx, ids[0] ?? "");
      own?.open();
      await others?.opened;
      await write(tx, ids[1] ?? "");
    });
  return Promise.allSettled([
    run([first.id, second.id], [...gates]),
    run([second.id, first.id], gates.toReversed()),
  ]);
}

describe("two transactions that wait for each other", () => {
  it.each([
    [
      "Prisma's own statements",
      (tx: Transaction, id: string) => tx.user.update({ where: { id }, data: { name: "x" } }),
    ],
    [
      "our own",
      (tx: Transaction, id: string) =>
        tx.$executeRaw`update users set name = 'x' where id = ${id}::uuid`,
    ],
  ])("FA09 are both done: the one that gives way is begun again: %s", async (_whose, write) => {
    const results = await cross(write);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });
});

describe("a transaction that PostgreSQL ends", () => {
  /** Fails so often, at the end of each transaction that names someone. */
  async function failAtCommit(times: number, state: string) {
    await application.query("drop trigger if exists fails on users");
    await application.query("drop sequence if exists tries");
    await application.query("create sequence tries");
    await application.query("grant all on sequence tries to public");
    await application.query(`
      create or replace function fail() returns trigger language plpgsql as $$
      begin
        if nextval('tries') <= ${times} then raise exception 'in the way' using errcode = '${state}'; end if;
        return null;
      end $$`);
    await application.query(`
      create constraint trigger fails after update of name on users deferrable initially deferred
        for each row execute function fail()`);
  }
  const countTries = async () => {
    const [row] = await application.query<{ tries: number }>(
      "select last_value::int as tries from tries",
    );
    return row?.tries;
  };
  const rename = (id: string) =>
    application.database.unscoped.$transaction(
      (tx) => tx.$executeRaw`update users set name = 'y' where id = ${id}::uuid`,
    );

  it.each(["40P01", "40001"])(
    "%s FA09 is begun again, also where that was at its commit",
    async (state) => {
      const { id } = await application.createPerson();
      await failAtCommit(2, state);
      expect(await rename(id)).toBe(1);
      expect(await countTries()).toBe(3);
    },
  );

  it.each(["40P01", "40001"])("%s FA09 at every try becomes a 503", async (state) => {
    const { id } = await application.createPerson();
    await failAtCommit(100, state);
    const fault = await rename(id).catch((error: unknown) => error);
    expect(isDatabaseUnavailable(fault)).toBe(true);
    expect(await countTries()).toBe(4);
  });

  it("for another reason is not repeated", async () => {
    const { id } = await application.createPerson();
    await failAtCommit(100, "23514");
    await expect(rename(id)).rejects.toThrow("in the way");
    expect(await countTries()).toBe(1);
  });
});
