import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { describeDrift } from "../../src/logto/sync/describe-drift.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { reconcileEverything } from "../../src/logto/sync/reconcile.ts";
import {
  changeRole,
  reinstateMember,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import type { Role } from "../../src/access/roles.ts";
import { changeSettings } from "../../src/organizations/settings.ts";
import type { Organization } from "../support/application.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { repetitions } from "../support/endurance.ts";
import { aroundCalls } from "./around-calls.ts";
import { type KnownPerson, requestTimeout, useLogto } from "./logto-world.ts";

/** Organizations, each with a random story of its own. */
const stories = repetitions(200, 8);
/** Steps of each story; a worker with faults follows every other one. */
const steps = 6;

const world = useLogto();
const { application, console: logtoConsole } = world;

/** People by their number; 0 is the owner, who acts and stays. */
const person = fc.integer({ min: 1, max: 4 });
const role = fc.constantFrom<Role>("admin", "member", "viewer");
const ourSide = fc.constant("here" as const);
const theirSide = fc.constant("logto" as const);
const either = fc.constantFrom("here" as const, "logto" as const);
const nobody = fc.constant(0);
const step = fc.oneof(
  fc.record({ side: either, act: fc.constant("add" as const), person, role }),
  fc.record({ side: either, act: fc.constant("role" as const), person, role }),
  fc.record({ side: either, act: fc.constant("remove" as const), person }),
  fc.record({
    side: ourSide,
    act: fc.constantFrom("suspend" as const, "reinstate" as const),
    person,
  }),
  fc.record({
    side: either,
    act: fc.constant("rename" as const),
    person: nobody,
    name: fc.stringMatching(/^[a-z]{3,12}$/),
  }),
  fc.record({
    side: theirSide,
    act: fc.constantFrom("delete" as const, "dethrone" as const),
    person: nobody,
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type Story = {
  organization: Organization;
  people: KnownPerson[];
  steps: Step[];
  /** The last acknowledged role of each person that nobody changed at Logto afterwards. */
  acknowledged: Map<string, Role | null>;
};

/** Reads a membership here. */
async function readHere({ organization }: Story, { id }: KnownPerson) {
  const [row] = await application.query<{ role: Role; isSuspended: boolean }>(
    `select role, suspended_at is not null as "isSuspended" from memberships
      where organization_id = $1 and user_id = $2`,
    [organization.id, id],
  );
  return row ?? null;
}

async function act(story: Story, next: Step): Promise<void> {
  const who = story.people[next.person];
  const [owner] = story.people;
  if (!who || !owner) throw new Error("nobody");
  if (next.side === "here") await actHere(story, next, { who, owner });
  else await actAtLogto(story, next, who);
}

async function actHere(
  story: Story,
  next: Step,
  { who, owner }: Record<"who" | "owner", KnownPerson>,
) {
  const { database } = application;
  const actor = actorIn(owner, story.organization);
  const userId = who.id;
  if (next.act === "rename") {
    await changeSettings(database, actor, { name: next.name });
    return;
  }
  if (next.act === "add") {
    if (await readHere(story, who)) return;
    await application.addMember(story.organization, who, next.role);
  }
  let outcome = "done";
  if (next.act === "role") {
    outcome = await attempt(changeRole(database, actor, { userId, role: next.role }));
  }
  if (next.act === "remove") outcome = await attempt(removeMember(database, actor, { userId }));
  if (next.act === "suspend") outcome = await attempt(suspendMember(database, actor, { userId }));
  if (next.act === "reinstate") {
    outcome = await attempt(reinstateMember(database, actor, { userId }));
  }
  // A refusal acknowledges nothing: Logto may have added a member who is not known here yet.
  if (outcome !== "done") return;
  const present = await readHere(story, who);
  story.acknowledged.set(who.subject, present && !present.isSuspended ? present.role : null);
}

/** The Console adds a member by one call, and gives the role by a second one: the worker may be faster. */
const secondCalls: (() => Promise<unknown>)[] = [];

async function actAtLogto(story: Story, next: Step, who: KnownPerson): Promise<void> {
  const [row] = await application.query<{ id: string | null }>(
    "select logto_id as id from logto_organizations where organization_id = $1",
    [story.organization.id],
  );
  const logtoId = row?.id;
  // There is none yet, or none any more.
  if (!logtoId) return;
  const quietly = (sent: Promise<unknown>) => sent.catch(() => undefined);
  if (next.act === "delete") await quietly(logtoConsole.deleteOrganization(logtoId));
  if (next.act === "dethrone") await quietly(logtoConsole.setRole(logtoId, who, "member"));
  if (next.act === "rename") await quietly(logtoConsole.rename(logtoId, next.name));
  if (next.act === "add") {
    await quietly(logtoConsole.addMember(logtoId, who));
    secondCalls.push(() => quietly(logtoConsole.setRole(logtoId, who, next.role)));
  }
  if (next.act === "remove") await quietly(logtoConsole.removeMember(logtoId, who));
  if (next.act === "role") await quietly(logtoConsole.setRole(logtoId, who, next.role));
  if (next.act !== "rename" && next.act !== "delete") story.acknowledged.delete(who.subject);
}

/** A Management API around whose calls the Console may act, and the worker may be killed: its work then starts again. */
function createMortalApi(isKilled: () => Promise<boolean>): ManagementApi {
  const { endpoint, management } = application.config.logto;
  if (!management) throw new Error("no Management API");
  const api = createManagementApi({ endpoint, ...management, requestTimeout });
  return aroundCalls(api, async (call) => {
    if (await isKilled()) throw new Error("killed before");
    const result = await call();
    if (await isKilled()) throw new Error("killed after");
    return result;
  });
}

/** Works off what is there, whatever it waits for. */
async function work(logto: ManagementApi): Promise<void> {
  await world.letPass();
  await world.workOff(logto);
}

const countJobs = async () =>
  (await application.query("select from graphile_worker.jobs where task_identifier like 'logto.%'"))
    .length;

describe("random changes on both sides", () => {
  it(
    "WH14 end equal, with nothing acknowledged lost, after one drain and one comparison",
    { timeout: 400_000 },
    async () => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      process.stdout.write(`seed ${seed}\n`);
      const scripts = fc.sample(fc.array(step, { minLength: steps, maxLength: steps }), {
        numRuns: stories,
        seed,
      });
      const chances = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), {
        numRuns: 5_000,
        seed,
      });
      let drawn = 0;
      const chance = () => chances[(drawn += 1) % chances.length] ?? 0;

      const people: KnownPerson[] = [];
      for (let count = 0; count < 5; count += 1) people.push(await world.createPerson());
      const all: Story[] = [];
      for (const script of scripts) {
        const [owner] = people;
        if (!owner) throw new Error("nobody");
        const organization = await application.createOrganization(owner);
        all.push({ organization, people, steps: script, acknowledged: new Map() });
      }

      const { faults, webhooks } = world.provider.logto;
      const mortal = createMortalApi(async () => {
        if (chance() < 0.1) await secondCalls.shift()?.();
        return chance() < 0.04;
      });
      for (let round = 0; round < steps; round += 1) {
        webhooks.lose(Math.floor(chance() * 60));
        webhooks.duplicate(Math.floor(chance() * 40));
        webhooks.reorder(Math.floor(chance() * 10));
        for (const story of all) {
          const next = story.steps[round];
          if (next) await act(story, next);
        }
        const finishCalls = async () => {
          for (const call of secondCalls.splice(0)) await call();
        };
        if (round % 2 === 1) {
          await finishCalls();
          continue;
        }
        faults.set(
          { kind: "down", paths: "/api/organizations", times: Math.floor(chance() * 6) },
          {
            kind: "down",
            when: "after",
            methods: ["POST", "PUT", "DELETE"],
            times: Math.floor(chance() * 20),
          },
          { kind: "status", status: 503, times: 3 },
        );
        await work(mortal);
        faults.clear();
        await finishCalls();
      }

      webhooks.behave();
      await webhooks.settled();
      // Begins with no memory of the faults.
      const sound = createMortalApi(() => Promise.resolve(false));
      for (let count = 0; (await countJobs()) > 0 && count < 20; count += 1) await work(sound);
      const context = { ...world.context, logto: sound };
      await reconcileEverything(context);
      for (let count = 0; (await countJobs()) > 0 && count < 20; count += 1) await work(sound);

      expect(await describeDrift(context)).toEqual([]);
      expect(await world.countOpen()).toBe(0);
      for (const story of all) {
        const here = await world.readMembers(story.organization);
        const logtoId = await world.findLogtoId(story.organization);
        expect(await world.readMembersAtLogto(logtoId)).toEqual(here);
        const lost = [...story.acknowledged].filter(
          ([subject, last]) => (here[subject] ?? null) !== last,
        );
        expect({ lost, steps: story.steps, seed }).toEqual({ lost: [], steps: story.steps, seed });
        expect(Object.values(here)).toContain("owner");
      }
      expect(await logtoConsole.countOrganizations()).toBe(stories);
    },
  );
});
