import { describe, expect, it } from "vitest";
import { z } from "zod";

import { reconcile, scheduleReconciliation } from "../../src/logto/sync/reconcile.ts";
import { changeRole, removeMember } from "../../src/memberships/member.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, provider, console: logtoConsole, compare: look } = world;

async function findUser(subject: string) {
  const [user] = await application.query<{ id: string; name: string; isMachine: boolean }>(
    `select id, name, is_machine as "isMachine" from users where subject = $1`,
    [subject],
  );
  if (!user) throw new Error("it is not known");
  return user;
}

/** Creates an organization with a service account, on both sides. */
async function createWithMachine(role = "machine-member") {
  const pair = await world.createPair();
  const machine = await logtoConsole.createMachine();
  await logtoConsole.addMachine(pair.logtoId, machine);
  await logtoConsole.setMachineRoles(pair.logtoId, machine, [role]);
  await look(pair.organization);
  return { ...pair, machine };
}

describe("a service account: a machine-to-machine application in an organization at Logto", () => {
  it("is a member here, as an application, with the role of its machine role, without a mail", async () => {
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
    expect(await logtoConsole.readMachines(logtoId)).toEqual({ [machine]: "machine-member" });
    expect(await application.deliverMail()).toEqual([]);
  });

  it("RB10 gets another role, and is removed, from either side", async () => {
    const { organization, owner, logtoId, machine } = await createWithMachine();
    const { id: userId } = await findUser(machine);
    const actor = actorIn(owner, organization);
    await changeRole(application.database, actor, { userId, role: "admin" });
    await world.settle();
    expect(await logtoConsole.readMachines(logtoId)).toEqual({ [machine]: "machine-admin" });

    await logtoConsole.setMachineRoles(logtoId, machine, ["machine-viewer"]);
    await look(organization);
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");

    await logtoConsole.removeMachine(logtoId, machine);
    await look(organization);
    expect(await world.readMembers(organization)).not.toHaveProperty([machine]);

    await logtoConsole.addMachine(logtoId, machine);
    await look(organization);
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");
    expect(await logtoConsole.readMachines(logtoId)).toEqual({ [machine]: "" });

    await removeMember(application.database, actor, { userId });
    await world.settle();
    expect(await logtoConsole.readMachines(logtoId)).toEqual({});
    expect(await world.countOpen()).toBe(0);
  });

  it("is never an owner, neither by an owner here nor by any role there", async () => {
    const { organization, owner, logtoId, machine } = await createWithMachine("machine-admin");
    const { id: userId } = await findUser(machine);
    const asked = changeRole(application.database, actorIn(owner, organization), {
      userId,
      role: "owner",
    });
    expect(await attempt(asked)).toBe("member.not_a_person");
    // Logto refuses a role of people.
    await expect(logtoConsole.setMachineRoles(logtoId, machine, ["owner"])).rejects.toThrow(
      /Logto answered/,
    );
    await provider.manage("POST", "/organization-roles", {
      name: "machine-owner",
      type: "MachineToMachine",
    });
    await logtoConsole.setMachineRoles(logtoId, machine, ["machine-owner"]);
    await look(organization);
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");
    // A role of others stays.
    expect(await logtoConsole.readMachines(logtoId)).toEqual({ [machine]: "machine-owner" });
  });

  it("has the role of the Console's second call, on both sides", async () => {
    const { organization, logtoId } = await world.createPair();
    const machine = await logtoConsole.createMachine();
    await logtoConsole.addMachine(logtoId, machine);
    await world.hear();
    expect(await world.readMembers(organization)).toHaveProperty([machine], "viewer");
    await logtoConsole.giveMachineRole(logtoId, machine, "machine-admin");
    await world.letPass();
    await world.settle();
    expect(await world.readMembers(organization)).toHaveProperty([machine], "admin");
    expect(await logtoConsole.readMachines(logtoId)).toEqual({ [machine]: "machine-admin" });
  });

  it("leaves a minute after its application was deleted at Logto, which sends no webhook", async () => {
    const { organization, machine } = await createWithMachine();
    await scheduleReconciliation.run(application.database.unscoped);
    await world.settle();
    await provider.manage("DELETE", `/applications/${machine}`);
    // Nothing else of the organization has changed.
    await application.query("update logto_organizations set changed_at = now() - interval '1 day'");
    await application.query(
      "update graphile_worker._private_jobs set run_at = now() where task_id = (select id from graphile_worker._private_tasks where identifier = $1)",
      [reconcile.name],
    );
    await world.settle();
    expect(await world.readMembers(organization)).not.toHaveProperty([machine]);
    expect(await world.countOpen()).toBe(0);
  });
});

/** A token by client_credentials, for an organization (by its id at Logto). */
async function requestToken([id, secret]: [string, string], organization: string, scope: string) {
  const answer = await fetch(`${application.config.logto.endpoint}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      organization_id: organization,
      scope,
    }),
  });
  const body: { access_token?: string; error?: string } = await answer.json();
  return body;
}

describe("the API, with a token of a service account", () => {
  it("is open with its role in the organization, until it is removed", async () => {
    const { organization, logtoId } = await world.createPair();
    const id = await logtoConsole.createMachine();
    const [secret] = z
      .array(z.object({ value: z.string() }))
      .parse(await provider.manage("GET", `/applications/${id}/secrets`));
    const machine: [string, string] = [id, secret?.value ?? ""];
    const list = (token = "") =>
      fetch(`${application.baseUrl}/api/v1/organizations/${organization.slug}/members`, {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await requestToken(machine, logtoId, "member:read")).error).toBe("access_denied");
    await logtoConsole.addMachine(logtoId, id);
    await logtoConsole.setMachineRoles(logtoId, id, ["machine-viewer"]);
    const { access_token: token } = await requestToken(machine, logtoId, "member:read");
    // Logto knows the membership, and our database does not yet.
    expect((await list(token)).status).toBe(401);

    await look(organization);
    const answer = await list(token);
    expect(answer.status).toBe(200);
    const body: { members: { role: string; application: boolean }[] } = await answer.json();
    expect(body.members).toMatchObject([
      { role: "owner", application: false },
      { role: "viewer", application: true },
    ]);

    const narrow = await requestToken(machine, logtoId, "organization:read");
    expect((await list(narrow.access_token)).status).toBe(403);
    const none = await requestToken(machine, logtoId, "member:remove");
    expect((await list(none.access_token)).status).toBe(403);

    await logtoConsole.removeMachine(logtoId, id);
    await look(organization);
    expect((await list(token)).status).toBe(404);
  });
});
