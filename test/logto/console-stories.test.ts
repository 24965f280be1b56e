import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Role, roles } from "../../src/access/roles.ts";
import { repetitions } from "../support/endurance.ts";
import { aroundCalls } from "./around-calls.ts";
import { useLogto } from "./logto-world.ts";

/** Organizations in which only the Console changes anything. */
const stories = repetitions(200, 8);

const world = useLogto();
const { application, provider, console: logtoConsole } = world;

const role = fc.constantFrom<Role>("admin", "member", "viewer");
const operation = fc.record({
  /** The Console adds a member by one call and gives the role by another; other calls can come between them. */
  acts: fc.constantFrom<("add" | "give" | "set" | "remove" | "rename")[]>(
    ["add", "give"],
    ["add", "give"],
    ["add"],
    ["add", "remove", "give"],
    ["add", "set", "give"],
    ["remove"],
    ["set"],
    ["rename"],
  ),
  /** The index of a person, or of an application. */
  who: fc.nat({ max: 2 }),
  given: role,
  set: role,
  name: fc.stringMatching(/^[a-z]{3,12}$/),
});
const story = fc.record({
  operations: fc.array(operation, { minLength: 2, maxLength: 5 }),
  chances: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 50 }),
});
type Script = typeof story extends fc.Arbitrary<infer T> ? T : never;

async function play({ operations, chances }: Script) {
  const { organization, owner, logtoId } = await world.createPair();
  const machine = await logtoConsole.createMachine();
  const people = [await world.createPerson(), await world.createAccount()];
  const subjects = [...people.map(({ subject }) => subject), machine];
  /** The roles that Logto must have in the end. */
  const held = new Map<string, Set<string>>([[owner.subject, new Set(["owner"])]]);
  const calls = operations.flatMap(({ acts, ...rest }) => acts.map((act) => ({ act, ...rest })));
  const told = { organization, logtoId, held, machine, name: organization.name };

  async function makeNextCall(): Promise<void> {
    const next = calls.shift();
    if (!next) return;
    const { act, name } = next;
    const subject = subjects[next.who] ?? "";
    const present = held.get(subject);
    if (act === "rename") {
      told.name = name;
      await logtoConsole.rename(logtoId, name);
      return;
    }
    // Logto refuses these.
    if ((act === "add") === (present !== undefined)) return;
    const chosen = act === "set" ? next.set : next.given;
    if (act === "remove") held.delete(subject);
    else if (act === "give") present?.add(chosen);
    else held.set(subject, new Set(act === "set" ? [chosen] : []));
    if (subject === machine) {
      const machineRole = `machine-${chosen}`;
      if (act === "add") await logtoConsole.addMachine(logtoId, machine);
      if (act === "remove") await logtoConsole.removeMachine(logtoId, machine);
      if (act === "set") await logtoConsole.setMachineRoles(logtoId, machine, [machineRole]);
      if (act === "give") await logtoConsole.giveMachineRole(logtoId, machine, machineRole);
      return;
    }
    if (act === "add") await logtoConsole.addMember(logtoId, { subject });
    if (act === "remove") await logtoConsole.removeMember(logtoId, { subject });
    if (act === "set") await logtoConsole.setRole(logtoId, { subject }, chosen);
    if (act === "give") await logtoConsole.giveRole(logtoId, { subject }, chosen);
  }

  let turn = Promise.resolve();
  const callNext = () => (turn = turn.then(makeNextCall));
  let drawn = 0;
  const chance = () => chances[(drawn += 1) % chances.length] ?? 0;
  const disturbed = aroundCalls(world.logto, async (call) => {
    if (chance() < 0.2) await callNext();
    const result = await call();
    if (chance() < 0.2) await callNext();
    return result;
  });
  while (calls.length > 0) {
    await callNext();
    if (chance() < 0.3) continue;
    await provider.logto.webhooks.settled();
    await world.workOff(disturbed);
  }
  return told;
}

describe("random calls of the Console while a worker follows them", () => {
  it("end on both sides in exactly what the Console wrote", { timeout: 600_000 }, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    process.stdout.write(`seed ${seed}\n`);
    const played: Awaited<ReturnType<typeof play>>[] = [];
    for (const script of fc.sample(story, { numRuns: stories, seed })) {
      played.push(await play(script));
    }
    for (let round = 0; round < 5; round += 1) {
      await provider.logto.webhooks.settled();
      await world.workOff(world.logto);
      await world.letPass();
    }
    for (const { organization, logtoId, held, machine, name } of played) {
      const strongest = (own: Set<string>) => roles.find((each) => own.has(each)) ?? "viewer";
      const prefix = (subject: string) => (subject === machine ? "machine-" : "");
      const [row] = await application.query<{ name: string }>(
        "select name from organizations where id = $1",
        [organization.id],
      );
      expect([row?.name, await logtoConsole.readName(logtoId)]).toEqual([name, name]);
      expect(await world.readMembers(organization)).toEqual(
        Object.fromEntries([...held].map(([subject, own]) => [subject, strongest(own)])),
      );
      expect({
        ...(await world.readMembersAtLogto(logtoId)),
        ...(await logtoConsole.readMachines(logtoId)),
      }).toEqual(
        Object.fromEntries(
          [...held].map(([subject, own]) => [
            subject,
            [...own]
              .map((each) => prefix(subject) + each)
              .toSorted()
              .join("+"),
          ]),
        ),
      );
    }
    expect(await world.countOpen()).toBe(0);
  });
});
