import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useLogto } from "../logto/logto-world.ts";
import { isSlowRun, repetitions } from "../support/endurance.ts";
import { countDeadlocks, createWriters, startBusyInstance } from "./writers-world.ts";

const world = useLogto();
const { application } = world;

const oneByOne = repetitions(2_000, 20);
const atOnce = repetitions(500, 20);
const workers = 12;
/** Milliseconds. */
const duration = isSlowRun() ? 30_000 : 2_000;

describe("role changes, while a worker tells Logto", () => {
  let busy: ReturnType<typeof startBusyInstance>;
  beforeAll(() => {
    busy = startBusyInstance(world);
  });
  afterAll(() => busy.stop());

  it(`${oneByOne} one after another and ${atOnce} at once all succeed`, async () => {
    const member = await world.createPerson();
    const others = await Promise.all(Array.from({ length: 5 }, () => world.createPerson()));
    const { owner, organization } = await world.createPair({ member });
    for (const other of others) await application.addMember(organization, other, "member");
    const agent = await application.signInAs(owner, { authenticationAge: 1 });
    const change = async ({ id }: { id: string }, number: number) => {
      const role = ["admin", "viewer", "member"][number % 3];
      const path = `/o/${organization.slug}/members/${id}/role`;
      return (await agent.post(path).type("form").send({ role })).status;
    };
    const statuses: number[] = [];
    for (let number = 0; number < oneByOne; number += 1) {
      statuses.push(await change(member, number));
    }
    for (let number = 0; number < atOnce; number += 20) {
      const batch = Array.from({ length: 20 }, (_, index) =>
        change(others[index % 5] ?? member, number + index),
      );
      statuses.push(...(await Promise.all(batch)));
    }
    expect(statuses.filter((status) => status !== 303)).toEqual([]);
  });
});

describe("all writers at once", () => {
  it(`never waits in a circle, ${duration / 1_000} seconds`, async () => {
    const before = await countDeadlocks(world);
    const busy = startBusyInstance(world);
    const { writers, run } = await createWriters(world, busy.database);
    const names = Object.keys(writers);
    const failures: string[] = [];
    const end = performance.now() + duration;
    await Promise.all(
      Array.from({ length: workers }, async () => {
        while (performance.now() < end) {
          const name = names[Math.floor(Math.random() * names.length)] ?? "";
          const failure = await run(name);
          if (failure) failures.push(failure);
        }
      }),
    );
    await busy.stop();
    expect(await countDeadlocks(world)).toBe(before);
    expect(failures).toEqual([]);
  });
});
