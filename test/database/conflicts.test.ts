import { describe, expect, it } from "vitest";

import type { Transaction } from "../../src/database/database.ts";
import { isDatabaseUnavailable } from "../../src/database/faults.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();

/** A promise, and what fulfils it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Two transactions, each of which holds what the other one wants. */
async function cross(write: (tx: Transaction, id: string) => Promise<unknown>) {
  const [first, second] = await Promise.all([
    application.createPerson(),
    application.createPerson(),
  ]);
  const { database } = application;
  const gates = [gate(), gate()] as const;
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
  ])("FA09 end in one that is done, and one to be tried again (503): %s", async (_whose, write) => {
    const results = await cross(write);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const reasons = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason] : [],
    );
    expect(reasons.map(isDatabaseUnavailable)).toEqual([true]);
  });
});
