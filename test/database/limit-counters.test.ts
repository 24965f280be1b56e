import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import {
  countUse,
  countUses,
  hasRoom,
  purgeLimitCounters,
} from "../../src/limits/limit-counters.ts";
import { AppError } from "../../src/http/errors.ts";
import type { Limit } from "../../src/http/limit.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();

/** A limit that no other test has used. */
const makeLimit = (attempts = 5): Limit => ({
  name: `limit-${randomUUID()}`,
  things: "things",
  per: "person",
  attempts,
  seconds: 600,
  kept: "database",
});

const use = async (limit: Limit, subject: string, points = 1) => {
  try {
    await countUse(application.database.unscoped, limit, { subject, points });
    return "counted";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
};

const readUsed = async ({ name }: Limit): Promise<number[]> => {
  const rows = await application.query<{ used: number }>(
    "select used from limit_counters where limit_name = $1 order by used",
    [name],
  );
  return rows.map(({ used }) => used);
};

describe("countUse()", () => {
  it("AP18 counts for each subject, refuses uses beyond the limit, and counts no refusal", async () => {
    const limit = makeLimit(2);
    expect([await use(limit, "ada"), await use(limit, "ada")]).toEqual(["counted", "counted"]);
    expect([await use(limit, "ada"), await use(limit, "ada")]).toEqual([
      "request.too_many",
      "request.too_many",
    ]);
    expect(await use(limit, "grace")).toBe("counted");
    expect(await readUsed(limit)).toEqual([1, 2]);
  });

  it("AP18 allows exactly the limit when 50 come at once", async () => {
    const limit = makeLimit(5);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => use(limit, "ada")));
    expect(outcomes.filter((outcome) => outcome === "counted")).toHaveLength(5);
    expect(await readUsed(limit)).toEqual([5]);
  });

  it("refuses more points than the limit, and more than are left", async () => {
    const limit = makeLimit(5);
    expect(await use(limit, "ada", 6)).toBe("request.too_many");
    expect(await readUsed(limit)).toEqual([]);
    expect(await use(limit, "ada", 3)).toBe("counted");
    expect(await use(limit, "ada", 3)).toBe("request.too_many");
    expect(await use(limit, "ada", 2)).toBe("counted");
  });

  it("says when the period ends, and starts over then", async () => {
    const limit = makeLimit(1);
    await use(limit, "ada");
    const refused = countUse(application.database.unscoped, limit, { subject: "ada" });
    const { options } = await refused.then(
      () => Promise.reject(new Error("It was counted.")),
      (error: unknown) => error as AppError,
    );
    const wait = Number(options.headers?.["Retry-After"]);
    expect(wait).toBeGreaterThan(590);
    expect(wait).toBeLessThanOrEqual(600);
    expect(options.headers).toMatchObject({
      "RateLimit-Policy": `"${limit.name}";q=1;w=600`,
      RateLimit: `"${limit.name}";r=0;t=${wait}`,
    });
    await application.query(
      "update limit_counters set resets_at = now() - interval '1 second' where limit_name = $1",
      [limit.name],
    );
    expect([await use(limit, "ada"), await use(limit, "ada")]).toEqual([
      "counted",
      "request.too_many",
    ]);
  });

  it("counts nothing when the transaction fails", async () => {
    const limit = makeLimit(1);
    const { unscoped } = application.database;
    const failing = unscoped.$transaction(async (tx) => {
      await countUse(tx, limit, { subject: "ada" });
      throw new Error("something else");
    });
    await expect(failing).rejects.toThrow("something else");
    expect(await use(limit, "ada")).toBe("counted");
  });

  it("stores no id and no address", async () => {
    const limit = makeLimit();
    await use(limit, "ada@canary.example");
    const rows = await application.query("select * from limit_counters where limit_name = $1", [
      limit.name,
    ]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("canary");
  });
});

describe("countUses()", () => {
  it("returns the subjects that it counted", async () => {
    const limit = makeLimit(1);
    const { unscoped } = application.database;
    await countUse(unscoped, limit, { subject: "ada" });
    expect(await hasRoom(unscoped, limit, "ada")).toBe(false);
    expect(await hasRoom(unscoped, limit, "grace")).toBe(true);
    const uses = ["ada", "grace", "grace", "linus"].map((subject) => ({ subject }));
    expect([...(await countUses(unscoped, limit, uses))].toSorted()).toEqual(["grace", "linus"]);
    expect(await countUses(unscoped, limit, [])).toEqual(new Set());
    expect(await readUsed(limit)).toEqual([1, 1, 1]);
  });

  it("FA09 makes transactions that count the same subjects in another order wait, and none fails", async () => {
    const limit = makeLimit(1_000);
    const subjects = Array.from({ length: 20 }, (_, index) => ({ subject: `person ${index}` }));
    const { unscoped } = application.database;
    const rounds = Array.from({ length: 40 }, (_, index) =>
      unscoped.$transaction((tx) =>
        countUses(tx, limit, index % 2 === 0 ? subjects : subjects.toReversed()),
      ),
    );
    await Promise.all(rounds);
    expect(new Set(await readUsed(limit))).toEqual(new Set([40]));
  });
});

describe("purgeLimitCounters", () => {
  it("removes counters whose period is over, and no others", async () => {
    const [over, open] = [makeLimit(), makeLimit()];
    await use(over, "ada");
    await use(open, "ada");
    await application.query(
      "update limit_counters set resets_at = now() - interval '1 second' where limit_name = $1",
      [over.name],
    );
    const { unscoped } = application.database;
    while ((await purgeLimitCounters.run(unscoped)) > 0);
    expect([await readUsed(over), await readUsed(open)]).toEqual([[], [1]]);
  });
});
