import { z } from "zod";

import { type Role, roles } from "../../access/roles.ts";
import { plainName } from "../../identity/plain-text.ts";
import { isNotFound, isRefusal, LogtoError } from "./logto-error.ts";
import type { ManagementApi } from "./management-api.ts";

/** The roles that a service account can have. It cannot be an owner, since it cannot re-authenticate. */
export const machineRoles = ["admin", "member", "viewer"] as const satisfies readonly Role[];

/**
 * Names an organization role at Logto. Those of people have our names. One role there cannot be for people and for machines,
 * so those of service accounts need names of their own.
 */
export function nameRole(role: Role, isMachine: boolean): string {
  return isMachine ? `machine-${role}` : role;
}

/** A person or a machine-to-machine application, by their id at Logto. */
export type Subject = { subject: string; isMachine: boolean };

export type MembershipAtLogto = {
  isMember: boolean;
  /** The strongest of our roles that they have there. */
  role: Role | null;
  /** Roles of other applications that use the same Logto: they stay. */
  otherRoles: string[];
};

/** A member at Logto, with their name there. */
export type MemberAtLogto = MembershipAtLogto & Subject & { name: string | null };

export const noMembership: MembershipAtLogto = { isMember: false, role: null, otherRoles: [] };

const roleAnswer = z.object({ id: z.string(), name: z.string() });
const named = plainName.catch(null);
const memberAnswer = z.object({
  id: z.string(),
  organizationRoles: z.array(roleAnswer).catch([]),
  name: named,
  username: named,
  primaryEmail: named,
});

/** Lists all members of an organization at Logto, by their id there. */
export async function listMembersAtLogto(
  api: ManagementApi,
  logtoId: string,
): Promise<Map<string, MemberAtLogto>> {
  const people = await api.list(memberAnswer, (client, query) =>
    client.GET("/api/organizations/{id}/users", { params: { path: { id: logtoId }, query } }),
  );
  const machines = await listMachinesAtLogto(api, logtoId);
  const describe = (isMachine: boolean) => (member: z.output<typeof memberAnswer>) =>
    [
      member.id,
      {
        subject: member.id,
        name: member.name ?? member.username ?? member.primaryEmail ?? null,
        isMachine,
        ...describeRoles(member.organizationRoles, isMachine),
      },
    ] as const;
  return new Map([...people.map(describe(false)), ...machines.map(describe(true))]);
}

const listMachinesAtLogto = (api: ManagementApi, logtoId: string) =>
  api.list(memberAnswer, (client, query) =>
    client.GET("/api/organizations/{id}/applications", {
      params: { path: { id: logtoId }, query },
    }),
  );

/** @returns no membership where Logto knows neither the subject nor the organization */
export async function readMemberAtLogto(
  api: ManagementApi,
  logtoId: string,
  { subject, isMachine }: Subject,
): Promise<MembershipAtLogto> {
  try {
    // Logto gives the whole list unless a page is asked for.
    const held = await api.read(z.array(roleAnswer), (client) =>
      isMachine
        ? client.GET("/api/organizations/{id}/applications/{applicationId}/roles", {
            params: { path: { id: logtoId, applicationId: subject } },
          })
        : client.GET("/api/organizations/{id}/users/{userId}/roles", {
            params: { path: { id: logtoId, userId: subject } },
          }),
    );
    // For an application that is no member, Logto gives an empty list of roles.
    const isMember = !isMachine || held.length > 0 || (await isMachineOf(api, logtoId, subject));
    return isMember ? describeRoles(held, isMachine) : noMembership;
  } catch (error) {
    if (isNotFound(error) || isRefusal(error, "organization.require_membership")) {
      return noMembership;
    }
    throw error;
  }
}

async function isMachineOf(api: ManagementApi, logtoId: string, subject: string): Promise<boolean> {
  const machines = await listMachinesAtLogto(api, logtoId);
  return machines.some(({ id }) => id === subject);
}

/**
 * Makes a person or an application a member with exactly this one of our roles. Doing it twice changes nothing more.
 *
 * @throws LogtoError `entity.relation_foreign_key_not_found` where the subject or the organization is gone at Logto
 */
export async function setMemberAtLogto(
  api: ManagementApi,
  logtoId: string,
  { subject, isMachine }: Subject,
  role: Role,
  present: MembershipAtLogto,
): Promise<void> {
  const organizationRoleNames = [nameRole(role, isMachine), ...present.otherRoles];
  // Logto takes the roles of applications by id only.
  const organizationRoleIds = isMachine ? await findRoleIds(api, organizationRoleNames) : [];
  const params = { path: { id: logtoId } };
  if (!present.isMember) {
    await api.send((client) =>
      isMachine
        ? client.POST("/api/organizations/{id}/applications", {
            params,
            body: { applicationIds: [subject] },
          })
        : client.POST("/api/organizations/{id}/users", { params, body: { userIds: [subject] } }),
    );
  }
  await api.send((client) =>
    isMachine
      ? client.PUT("/api/organizations/{id}/applications/{applicationId}/roles", {
          params: { path: { id: logtoId, applicationId: subject } },
          body: { organizationRoleIds },
        })
      : client.PUT("/api/organizations/{id}/users/{userId}/roles", {
          params: { path: { id: logtoId, userId: subject } },
          body: { organizationRoleNames },
        }),
  );
}

/** They may be gone already. */
export async function removeMemberAtLogto(
  api: ManagementApi,
  logtoId: string,
  { subject, isMachine }: Subject,
): Promise<void> {
  await api.remove((client) =>
    isMachine
      ? client.DELETE("/api/organizations/{id}/applications/{applicationId}", {
          params: { path: { id: logtoId, applicationId: subject } },
        })
      : client.DELETE("/api/organizations/{id}/users/{userId}", {
          params: { path: { id: logtoId, userId: subject } },
        }),
  );
}

async function findRoleIds(api: ManagementApi, names: readonly string[]): Promise<string[]> {
  const all = await api.list(roleAnswer, (client, query) =>
    client.GET("/api/organization-roles", { params: { query } }),
  );
  const missing = names.filter((name) => !all.some((role) => role.name === name));
  if (missing.length > 0) {
    throw new LogtoError("refused", `no role ${missing.join(", ")}: npm run logto:provision`);
  }
  return all.filter(({ name }) => names.includes(name)).map(({ id }) => id);
}

/** The strongest of our roles counts. A role for people says nothing about a machine. */
function describeRoles(held: { name: string }[], isMachine: boolean): MembershipAtLogto {
  const possible: readonly Role[] = isMachine ? machineRoles : roles;
  const names = held.map(({ name }) => name);
  const ours = possible.filter((role) => names.includes(nameRole(role, isMachine)));
  const own = new Set(ours.map((role) => nameRole(role, isMachine)));
  return {
    isMember: true,
    role: ours[0] ?? null,
    otherRoles: names.filter((name) => !own.has(name)),
  };
}
