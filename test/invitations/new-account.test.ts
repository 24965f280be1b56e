import { describe, expect, it } from "vitest";

import { changeRole, removeMember } from "../../src/memberships/member.ts";
import { tryDeletion } from "../account/deletion-world.ts";
import {
  assemble,
  byLogto,
  comeAnew,
  ownDecisions,
  type Prepare,
  readOutcome,
  tryWay,
  type World,
} from "../memberships/decisions-world.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { byLink } from "./ways.ts";

const application = useApplication();

const readKept = ({ organization, ada }: World) =>
  application.query<{ kind: string; marks: number }>(
    `select kind, cardinality(marks) as marks from membership_decisions
      where organization_id = $1 and user_id = $2`,
    [organization.id, ada.person.id],
  );

/** Decides, then deletes the account, and comes with a new one by a way that was there before. */
async function comeBack(decision: string, prepare: Prepare) {
  const world = await assemble(application, decision);
  const use = await prepare(world);
  await ownDecisions[decision]?.(world);
  if ((await tryDeletion(application, world.ada.person)) !== "done") {
    throw new Error("The account was not deleted.");
  }
  const anew = await comeAnew(world);
  return { world, outcome: await tryWay(world, use, anew), anew };
}

describe("a new account of a person who deleted their account", () => {
  it.each(["removed", "demoted", "suspended"])(
    "is still %s: an older link and a rule do not admit it",
    async (decision) => {
      const { outcome, world } = await comeBack(decision, byLink);
      expect(outcome).toBe("out");
      expect(await readKept(world)).toEqual([{ kind: decision, marks: 2 }]);
      expect((await comeBack(decision, byLogto(true))).outcome).toBe("out");
    },
  );

  it("counts as a new person if they had left by themselves", async () => {
    const { outcome, world } = await comeBack("left", byLink);
    expect(outcome).toBe("admin");
    expect(await readKept(world)).toEqual([{ kind: "left", marks: 0 }]);
  });

  it("counts as a new person if an admin had raised their role again", async () => {
    const world = await assemble(application, "demoted");
    const use = await byLink(world);
    await ownDecisions["demoted"]?.(world);
    const { person } = world.ada;
    await changeRole(application.database, world.actor, { userId: person.id, role: "member" });
    expect(await tryDeletion(application, world.ada.person)).toBe("done");
    expect(await readKept(world)).toEqual([]);
    const anew = await comeAnew(world);
    await use(anew);
    expect(await readOutcome(world, anew)).toBe("admin");
  });

  it("has no stored decision if there was none against the old account", async () => {
    const world = await assemble(application, "plain");
    expect(await tryDeletion(application, world.ada.person)).toBe("done");
    expect(await readKept(world)).toEqual([]);
  });

  it("has different marks in each organization", async () => {
    const world = await assemble(application, "removed");
    const { ada, owner } = world;
    const organization = await application.createOrganization(owner);
    await application.addMember(organization, ada.person, "member");
    for (const place of [world.organization, organization]) {
      const actor = actorIn(owner, place);
      await removeMember(application.database, actor, { userId: ada.person.id });
    }
    const marks = await application.query<{ mark: string }>(
      "select encode(unnest(marks), 'hex') as mark from membership_decisions where user_id = $1",
      [ada.person.id],
    );
    expect(new Set(marks.map(({ mark }) => mark)).size).toBe(4);
    expect(JSON.stringify(marks)).not.toContain(Buffer.from(ada.email).toString("hex"));
  });
});
