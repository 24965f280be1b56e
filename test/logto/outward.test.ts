import { expect, describe, it } from "vitest";

import { deleteOrganization, restoreOrganization } from "../../src/organizations/deletion.ts";
import { changeSettings } from "../../src/organizations/settings.ts";
import {
  changeRole,
  leaveOrganization,
  reinstateMember,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import { nameQueue } from "../../src/logto/sync/hints.ts";
import { syncOrganization } from "../../src/logto/sync/sync-organization.ts";
import { actorIn } from "../support/acting.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application } = world;

describe("a change here", () => {
  it("creates a new organization at Logto, with its owner", async () => {
    const { organization, owner, logtoId } = await world.createPair();
    expect(await world.console.readName(logtoId)).toBe(organization.name);
    expect(await world.readMembersAtLogto(logtoId)).toEqual({ [owner.subject]: "owner" });
    expect(await world.countOpen()).toBe(0);
  });

  it("adds the job of src/logto/sync/, by the names of the database's wake_logto_sync", async () => {
    const { id } = await application.createOrganization(await world.createPerson());
    const jobs = await application.query(
      `select task_identifier as name, key, queue_name as queue from graphile_worker.jobs where key like '%' || $1`,
      [id],
    );
    expect(jobs).toEqual([
      { name: syncOrganization.name, key: nameQueue(id), queue: nameQueue(id) },
    ]);
    await world.settle();
  });

  it("is told to Logto: joining, a role, leaving, a removal, a suspension and its end", async () => {
    const [member, leaver, removed] = await Promise.all([1, 2, 3].map(() => world.createPerson()));
    if (!member || !leaver || !removed) throw new Error("nobody");
    const { organization, owner, logtoId } = await world.createPair({ member, viewer: leaver });
    await application.addMember(organization, removed, "admin");
    const actor = actorIn(owner, organization);
    await changeRole(application.database, actor, { userId: member.id, role: "admin" });
    await leaveOrganization(application.database, actorIn(leaver, organization));
    await world.settle();
    expect(await world.readMembersAtLogto(logtoId)).toEqual({
      [owner.subject]: "owner",
      [member.subject]: "admin",
      [removed.subject]: "admin",
    });
    await removeMember(application.database, actor, { userId: removed.id });
    await suspendMember(application.database, actor, { userId: member.id });
    await world.settle();
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(member.subject);
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(removed.subject);
    await reinstateMember(application.database, actor, { userId: member.id });
    await world.settle();
    expect(await world.readMembersAtLogto(logtoId)).toHaveProperty(member.subject, "admin");
    expect(await world.countOpen()).toBe(0);
  });

  it("renames the organization at Logto, empties it on deletion, fills it on restoration, and deletes it in the end", async () => {
    const { organization, owner, logtoId } = await world.createPair();
    await changeSettings(application.database, actorIn(owner, organization), {
      name: "Another name",
    });
    await deleteOrganization(application.database, actorIn(owner, organization));
    await world.settle();
    expect(await world.console.readName(logtoId)).toBe("Another name");
    expect(await world.readMembersAtLogto(logtoId)).toEqual({});
    await restoreOrganization(application.database, actorIn(owner, organization));
    await world.settle();
    expect(await world.readMembersAtLogto(logtoId)).toEqual({ [owner.subject]: "owner" });

    const before = await world.console.countOrganizations();
    await application.query("delete from organizations where id = $1", [organization.id]);
    await world.settle();
    expect(await world.console.countOrganizations()).toBe(before - 1);
    expect(
      await application.query("select from logto_organizations where organization_id = $1", [
        organization.id,
      ]),
    ).toEqual([]);
  });
});

describe("GET /o/:slug", () => {
  it("says that Logto is behind once a change has waited for ten seconds, until Logto is told", async () => {
    const { organization, owner } = await world.createPair();
    const agent = await application.signInAs(owner);
    const readHome = async () => (await agent.get(`/o/${organization.slug}`)).text;
    await application.addMember(organization, await world.createPerson(), "member");
    expect(await readHome()).not.toContain("Catching up");

    await application.query(
      "update logto_memberships set changed_at = now() - interval '11 seconds' where organization_id = $1",
      [organization.id],
    );
    expect(await readHome()).toContain("Catching up");

    await world.settle();
    expect(await readHome()).not.toContain("Catching up");
  });
});
