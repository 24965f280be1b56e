import { describe, expect, it } from "vitest";
import { z } from "zod";

import { hintOrganization } from "../../src/logto/sync/hints.ts";
import { changeRole, removeMember, suspendMember } from "../../src/memberships/member.ts";
import type { Organization } from "../support/application.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, provider } = world;
const withId = z.object({ id: z.string() });

/** What an operator does in Logto's Console. */
const machines = {
  async create(name = "Nightly export"): Promise<string> {
    const body = { name, type: "MachineToMachine" };
    return withId.parse(await provider.manage("POST", "/applications", body)).id;
  },
  add: (logtoId: string, id: string) =>
    provider.manage("POST", `/organizations/${logtoId}/applications`, { applicationIds: [id] }),
  async setRoles(logtoId: string, id: string, names: string[]) {
    const roles = z
      .array(withId.extend({ name: z.string() }))
      .parse(await provider.manage("GET", "/organization-roles"));
    const organizationRoleIds = roles.filter(({ name }) => names.includes(name)).map((r) => r.id);
    await provider.manage("PUT", `/organizations/${logtoId}/applications/${id}/roles`, {
      organizationRoleIds,
    });
  },
  remove: (logtoId: string, id: string) =>
    provider.manage("DELETE", `/organizations/${logtoId}/applications/${id}`),
  /** Each in the organization, with its roles there. */
  async list(logtoId: string): Promise<Record<string, string>> {
    const found = z
      .array(withId.extend({ organizationRoles: z.array(z.object({ name: z.string() })) }))
      .parse(await provider.manage("GET", `/organizations/${logtoId}/applications`));
    return Object.fromEntries(
      found.map(({ id, organizationRoles }) => [
        id,
        organizationRoles.map(({ name }) => name).join("+"),
      ]),
    );
  },
};

async function look({ id }: Organization): Promise<void> {
  await hintOrganization(application.database, id);
  await world.settle();
}

async function findUser(subject: string) {
  const [user] = await application.query<{ id: string; name: string; isMachine: boolean }>(
    `select id, name, is_machine as "isMachine" from users where subject = $1`,
    [subject],
  );
  if (!user) throw new Error("it is not known");
  return user;
}

/** An organization with a service account, on both sides. */
async function createWithMachine(role = "machine-member") {
  const pair = await world.createPair();
  const machine = await machines.create();
  await machines.add(pair.logtoId, machine);
  await machines.setRoles(pair.logtoId, machine, [role]);
  await look(pair.organization);
  return { ...pair, machine };
}

describe("a service account: a machine-to-machine application that an organization has at Logto", () => {
  it("is a member here, as an application, with the role of its machine role, and nobody gets mail", async () => {
    const { organization, owner, logtoId, machine } = await createWithMachine();
    expect(await world.readMembers(organization)).toEqual({
      [owner.subject]: "owner",
      [machine]: "member",
    });
    expect(await findUser(machine)).toMatchObject({ isMachine: true, name: "Nightly export" });
    expect(await world.readNobodysEvents(organization)).toMatchObject([
      { action: "member.joined", details: { role: "member", via: "logto" } },
    ]);
    const page = await (await application.signInAs(owner)).get(`/o/${organization.slug}/members`);
    expect(page.text).toContain("Nightly export");
    expect(await machines.list(logtoId)).toEqual({ [machine]: "machine-member" });
    expect(await application.deliverMail()).toEqual([]);
  });

  it("RB10 gets another role, and is removed, by either side", async () => {
    const { organization, owner, logtoId, machine } = await createWithMachine();
    const { id: userId } = await findUser(machine);
    const actor = actorIn(owner, organization);
    await changeRole(application.database, actor, { userId, role: "admin" });
    await world.settle();
    expect(await machines.list(logtoId)).toEqual({ [machine]: "machine-admin" });

    await machines.setRoles(logtoId, machine, ["machine-viewer"]);
    await look(organization);
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");

    await machines.remove(logtoId, machine);
    await look(organization);
    expect(await world.readMembers(organization)).not.toHaveProperty([machine]);

    await machines.add(logtoId, machine);
    await look(organization);
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");
    expect(await machines.list(logtoId)).toEqual({ [machine]: "" });

    await removeMember(application.database, actor, { userId });
    await world.settle();
    expect(await machines.list(logtoId)).toEqual({});
    expect(await world.countOpen()).toBe(0);
  });

  it("is left out there while it is suspended here", async () => {
    const { organization, owner, logtoId, machine } = await createWithMachine();
    const { id: userId } = await findUser(machine);
    await suspendMember(application.database, actorIn(owner, organization), { userId });
    await world.settle();
    expect(await machines.list(logtoId)).toEqual({});
  });

  it("is never an owner: neither by one here, nor by any role there", async () => {
    const { organization, owner, logtoId, machine } = await createWithMachine("machine-admin");
    const { id: userId } = await findUser(machine);
    const asked = changeRole(application.database, actorIn(owner, organization), {
      userId,
      role: "owner",
    });
    expect(await attempt(asked)).toBe("member.not_a_person");
    // Logto refuses a role of people.
    await expect(machines.setRoles(logtoId, machine, ["owner"])).rejects.toThrow(/Logto answered/);
    await provider.manage("POST", "/organization-roles", {
      name: "machine-owner",
      type: "MachineToMachine",
    });
    await machines.setRoles(logtoId, machine, ["machine-owner"]);
    await look(organization);
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");
    // Whoever else's role it is, it stays.
    expect(await machines.list(logtoId)).toEqual({ [machine]: "machine-owner" });
  });

  it("ends here when the application is deleted at Logto", async () => {
    const { organization, machine } = await createWithMachine();
    await provider.manage("DELETE", `/applications/${machine}`);
    await look(organization);
    expect(await world.readMembers(organization)).not.toHaveProperty([machine]);
    expect(await world.listJobs()).toEqual([]);
  });
});
