import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import {
  changeRole,
  leaveOrganization,
  reinstateMember,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import { type Role, roles } from "../../src/access/roles.ts";
import { deleteOrganization, restoreOrganization } from "../../src/organizations/deletion.ts";
import { changeSettings } from "../../src/organizations/settings.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { type Organization, type Person, useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { type Act, foresee, listActiveOwners, type Model } from "./organization-model.ts";

const application = useApplication();
const people: Person[] = [];
beforeAll(async () => {
  for (let count = 0; count < 5; count += 1) people.push(await application.createPerson());
});

const person = (number: number): Person => {
  const found = people[number];
  if (!found) throw new RangeError(`There is no person ${number}.`);
  return found;
};

/** A step of a sequence: a person becomes a member directly, or acts. */
type Step = { place: 0 | 1 } & ({ join: number; as: Membership } | { act: Act });
type Membership = { role: Role; isSuspended: boolean };

const someone = fc.nat({ max: 4 });
const someRole = fc.constantFrom(...roles);
const membership = fc.record({ role: someRole, isSuspended: fc.boolean() });
const kind = fc.oneof(
  { weight: 4, arbitrary: fc.constant("changeRole" as const) },
  { weight: 6, arbitrary: fc.constantFrom("remove", "leave", "suspend", "reinstate", "transfer") },
  { weight: 1, arbitrary: fc.constantFrom("delete", "restore") },
  { weight: 1, arbitrary: fc.constant("rename" as const) },
);
const acts: fc.Arbitrary<Act> = fc.record({
  kind,
  actor: someone,
  target: someone,
  role: someRole,
  name: fc.constantFrom("One", "Two"),
});
const place = fc.constantFrom(0 as const, 1 as const);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ place, act: acts }) },
    { weight: 1, arbitrary: fc.record({ place, join: someone, as: membership }) },
  ),
  { minLength: 15, maxLength: 30, size: "max" },
);

/** The members of each organization at the beginning, besides its owner. */
const beginnings = fc.tuple(
  ...[0, 1].map(() => fc.array(fc.option(membership), { minLength: 5, maxLength: 5 })),
);

/** Performs an act with the functions of the features. @returns `done`, or the code of the refusal */
function perform(organization: Organization, act: Act): Promise<string> {
  const { database } = application;
  const { id: userId } = person(act.target);
  const actor = actorIn(person(act.actor), organization);
  const ways: Record<Act["kind"], () => Promise<unknown>> = {
    changeRole: () =>
      changeRole(database, actor, { userId, role: "role" in act ? act.role : "viewer" }),
    remove: () => removeMember(database, actor, { userId }),
    leave: () => leaveOrganization(database, actor),
    suspend: () => suspendMember(database, actor, { userId }),
    reinstate: () => reinstateMember(database, actor, { userId }),
    transfer: () => transferOwnership(database, actor, { userId }),
    rename: () => changeSettings(database, actor, { name: "name" in act ? act.name : "" }),
    delete: () => deleteOrganization(database, actor),
    restore: () => restoreOrganization(database, actor),
  };
  return attempt(ways[act.kind]());
}

/** Reads the database as a model. */
async function readModel({ id }: Organization): Promise<Model> {
  const rows = await application.query<{
    name: string;
    isDeleted: boolean;
    members: { user_id: string; role: Role; suspended_at: string | null }[];
    events: number;
  }>(
    `select name, deleted_at is not null as "isDeleted",
            (select jsonb_agg(m) from memberships m where organization_id = o.id) as members,
            (select count(*)::int - 1 from audit_events where organization_id = o.id) as events
       from organizations o where id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new Error("The organization is gone.");
  const number = new Map(people.map(({ id: userId }, index) => [userId, index]));
  const members = row.members.map(
    ({ user_id, role, suspended_at }) =>
      [number.get(user_id) ?? -1, { role, isSuspended: suspended_at !== null }] as const,
  );
  return { ...row, members: new Map(members.toSorted(([one], [other]) => one - other)) };
}

const sorted = (model: Model): Model => ({
  ...model,
  members: new Map([...model.members].toSorted(([one], [other]) => one - other)),
});

function listJoins(beginning: (Membership | null)[][]): Step[] {
  return beginning.flatMap((joining, index) =>
    joining.flatMap((as, join) => (as ? [{ place: index === 0 ? 0 : 1, join, as } as const] : [])),
  );
}

function foreseeStep(before: Model, step: Step): { after: Model; outcome: string } {
  if ("join" in step) {
    if (before.members.has(step.join)) return { after: before, outcome: "done" };
    const members = new Map([...before.members, [step.join, step.as]]);
    return { after: { ...before, members }, outcome: "done" };
  }
  const foreseen = foresee(before, step.act);
  return typeof foreseen === "string"
    ? { after: before, outcome: foreseen }
    : { after: foreseen, outcome: "done" };
}

async function follow(organization: Organization, before: Model, step: Step): Promise<string> {
  if ("act" in step) return perform(organization, step.act);
  if (before.members.has(step.join)) return "done";
  await application.query(
    `insert into memberships (organization_id, user_id, role, suspended_at)
     values ($1, $2, $3, case when $4 then now() end)`,
    [organization.id, person(step.join).id, step.as.role, step.as.isSuspended],
  );
  return "done";
}

/** No role was raised above the role of the actor. */
function expectNobodyAbove(before: Model, after: Model, actor: number): void {
  const own = roles.indexOf(before.members.get(actor)?.role ?? "viewer");
  for (const [who, { role }] of after.members) {
    const hadRole = before.members.get(who)?.role;
    const hasRisen = hadRole !== undefined && roles.indexOf(role) < roles.indexOf(hadRole);
    expect(hasRisen && roles.indexOf(role) < own, `person ${who} rose above person ${actor}`).toBe(
      false,
    );
  }
}

describe("two organizations of five people", () => {
  it("RB03 RB04 RB05 follow the rules in any sequence of acts, and the audit log has exactly these", async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(beginnings, steps, async (beginning, sequence) => {
        const organizations = [
          await application.createOrganization(person(0)),
          await application.createOrganization(person(4)),
        ] as const;
        const models: [Model, Model] = [
          await readModel(organizations[0]),
          await readModel(organizations[1]),
        ];
        for (const step of [...listJoins(beginning), ...sequence]) {
          const before = models[step.place];
          const organization = organizations[step.place];
          const { after, outcome } = foreseeStep(before, step);
          expect(await follow(organization, before, step)).toBe(outcome);
          models[step.place] = after;
          outcomes.add(`${"act" in step ? step.act.kind : "join"}: ${outcome}`);
          if ("act" in step) expectNobodyAbove(before, after, step.act.actor);
          for (const index of [0, 1] as const) {
            const actual = await readModel(organizations[index]);
            expect(actual).toEqual(sorted(models[index]));
            expect(listActiveOwners(actual)).not.toEqual([]);
          }
        }
      }),
      { numRuns: repetitions(40, 10) },
    );
    // Otherwise the sequences were too dull to prove anything.
    expect(outcomes.size).toBeGreaterThan(repetitions(20, 8));
  });
});
