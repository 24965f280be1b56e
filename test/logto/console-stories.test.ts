import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { type Role, roles } from "../../src/access/roles.ts";
import { repetitions } from "../support/endurance.ts";
import { aroundCalls } from "./around-calls.ts";
import { useLogto } from "./logto-world.ts";

/** Each has an organization of its own, which only the Console changes. */
const stories = repetitions(200, 8);

const world = useLogto();
const { application, provider } = world;

const role = fc.constantFrom<Role>("admin", "member", "viewer");
/** People by their number; 2 is a service account. */
const who = fc.nat({ max: 2 });
/** An act in the Console; an impossible one is left out. */
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("add" as const), who, role }) },
  fc.record({ what: fc.constant("add without a role" as const), who }),
  // Between the Console's two calls, another operator removes the member, or gives another role.
  fc.record({ what: fc.constant("add, removed meanwhile" as const), who, role }),
  fc.record({
    what: fc.constant("add, changed meanwhile" as const),
    who,
    role,
    meanwhile: role,
  }),
  { weight: 2, arbitrary: fc.record({ what: fc.constant("remove" as const), who }) },
  fc.record({ what: fc.constant("set role" as const), who, role }),
  fc.record({ what: fc.constant("rename" as const), name: fc.stringMatching(/^[a-z]{3,12}$/) }),
);
const story = fc.record({
  operations: fc.array(operation, { minLength: 2, maxLength: 5 }),
  /** For each moment before or after a call of the worker: whether the Console makes its next call then. */
  chances: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 50 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;
type Operation = Story["operations"][number];

/** A call of the Console. */
type Call =
  | { call: "add" | "remove"; who: number }
  | { call: "give" | "set"; who: number; role: Role }
  | { call: "rename"; name: string };

function callsOf(step: Operation): Call[] {
  if (step.what === "rename") return [{ call: "rename", name: step.name }];
  const { who: number } = step;
  const add = { call: "add", who: number } as const;
  if (step.what === "remove") return [{ call: "remove", who: number }];
  if (step.what === "add without a role") return [add];
  if (step.what === "set role") return [{ call: "set", who: number, role: step.role }];
  const give = { call: "give", who: number, role: step.role } as const;
  if (step.what === "add") return [add, give];
  if (step.what === "add, removed meanwhile") return [add, { call: "remove", who: number }, give];
  return [add, { call: "set", who: number, role: step.meanwhile }, give];
}

/** Models Logto: which member has which roles. It refuses what cannot be done. */
function createModel(subjects: string[]) {
  const members = new Map<string, Set<Role>>();
  return {
    members,
    /** @returns whether Logto does it */
    apply(next: Exclude<Call, { call: "rename" }>): boolean {
      const subject = subjects[next.who] ?? "";
      const held = members.get(subject);
      if (next.call === "add") {
        if (held) return false;
        members.set(subject, new Set());
        return true;
      }
      if (!held) return false;
      if (next.call === "remove") members.delete(subject);
      if (next.call === "set") members.set(subject, new Set([next.role]));
      if (next.call === "give") held.add(next.role);
      return true;
    },
  };
}

const withName = z.object({ id: z.string(), name: z.string() });

async function tellStory({ operations, chances }: Story) {
  const { organization, owner, logtoId } = await world.createPair();
  const machine = await provider.manage("POST", "/applications", {
    name: "Robot",
    type: "MachineToMachine",
  });
  const people = [await world.createPerson(), await world.createAccount()];
  const subjects = [
    ...people.map(({ subject }) => subject),
    z.object({ id: z.string() }).parse(machine).id,
  ];
  const roleIds = new Map(
    z
      .array(withName)
      .parse(await provider.manage("GET", "/organization-roles"))
      .map(({ id, name }) => [name, id]),
  );
  const model = createModel(subjects);
  const calls = operations.flatMap(callsOf);
  let name = organization.name;

  async function makeNextCall(): Promise<void> {
    const next = calls.shift();
    if (!next) return;
    const organizationPath = `/organizations/${logtoId}`;
    if (next.call === "rename") {
      name = next.name;
      await provider.manage("PATCH", organizationPath, { name });
      return;
    }
    if (!model.apply(next)) return;
    const subject = subjects[next.who] ?? "";
    const isMachine = next.who === 2;
    const members = `${organizationPath}/${isMachine ? "applications" : "users"}`;
    const ids = { [isMachine ? "applicationIds" : "userIds"]: [subject] };
    const organizationRoleIds =
      "role" in next ? [roleIds.get(isMachine ? `machine-${next.role}` : next.role)] : [];
    if (next.call === "add") await provider.manage("POST", members, ids);
    if (next.call === "remove") await provider.manage("DELETE", `${members}/${subject}`);
    if (next.call === "set") {
      await provider.manage("PUT", `${members}/${subject}/roles`, { organizationRoleIds });
    }
    if (next.call === "give") {
      await provider.manage("POST", `${members}/roles`, { ...ids, organizationRoleIds });
    }
  }

  let drawn = 0;
  const chance = () => chances[(drawn += 1) % chances.length] ?? 0;
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    if (chance() < 0.2) await makeNextCall();
    const result = await call();
    if (chance() < 0.2) await makeNextCall();
    return result;
  };
  const disturbed = aroundCalls(world.logto, around);

  while (calls.length > 0) {
    await makeNextCall();
    if (chance() < 0.3) continue;
    await provider.logto.webhooks.settled();
    await world.workOff(disturbed);
  }
  const strongest = (held: ReadonlySet<Role>) => roles.find((each) => held.has(each)) ?? "viewer";
  return {
    organization,
    logtoId,
    expected: {
      name,
      here: Object.fromEntries([
        [owner.subject, "owner"],
        ...[...model.members].map(([subject, held]) => [subject, strongest(held)]),
      ]),
      there: Object.fromEntries([
        [owner.subject, "owner"],
        ...[...model.members].map(([subject, held]) => [subject, [...held].toSorted().join("+")]),
      ]),
    },
  };
}

const listed = z.array(z.object({ id: z.string(), organizationRoles: z.array(withName) }));

/** Reads both sides. */
async function readSides({ organization, logtoId }: Awaited<ReturnType<typeof tellStory>>) {
  const machines = listed.parse(
    await provider.manage("GET", `/organizations/${logtoId}/applications`),
  );
  const [row] = await application.query<{ name: string }>(
    "select name from organizations where id = $1",
    [organization.id],
  );
  return {
    names: [row?.name, await world.console.readName(logtoId)],
    here: await world.readMembers(organization),
    there: {
      ...(await world.readTwinMembers(logtoId)),
      ...Object.fromEntries(
        machines.map(({ id, organizationRoles }) => [
          id,
          organizationRoles
            .map(({ name }) => name.replace("machine-", ""))
            .toSorted()
            .join("+"),
        ]),
      ),
    },
  };
}

describe("random stories of the Console's two-call changes, with any gap, while a worker follows", () => {
  it("end in what the Console wrote, on both sides", { timeout: 600_000 }, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    process.stdout.write(`seed ${seed}\n`);
    const told: (Awaited<ReturnType<typeof tellStory>> & { script: Story["operations"] })[] = [];
    for (const script of fc.sample(story, { numRuns: stories, seed })) {
      told.push({ ...(await tellStory(script)), script: script.operations });
    }
    const check = async ({ script, ...each }: (typeof told)[number]) => {
      const { name, ...expected } = each.expected;
      expect({ ...(await readSides(each)), script, seed }).toEqual({
        ...expected,
        names: [name, name],
        script,
        seed,
      });
    };
    // Works off what is due in the next seconds and minutes, of all stories together.
    for (let round = 0; round < 4; round += 1) {
      await provider.logto.webhooks.settled();
      await world.workOff(world.logto);
      await world.letPass();
    }
    await world.workOff(world.logto);
    for (const each of told) await check(each);
    expect(await world.countOpen()).toBe(0);
  });
});
