import { z } from "zod";

import { plainName } from "../../identity/plain-text.ts";
import { type Role, roles } from "../../access/roles.ts";
import { productSlug } from "../../runtime/product.ts";
import { isNotFound, isRefusal, LogtoError } from "./logto-error.ts";
import type { ManagementApi } from "./management-api.ts";
import { machineRoles, nameMachineRole } from "./role-names.ts";

/** An organization at Logto. */
export const twinAnswer = z.object({
  id: z.string(),
  name: z.string(),
  customData: z.record(z.string(), z.unknown()).catch({}),
});

export type Twin = z.output<typeof twinAnswer>;

/** Our mark on what we make: another installation may use the same Logto. */
const marked = z.object({
  [productSlug]: z.object({ organizationId: z.uuid(), baseUrl: z.string() }),
});

/** Which organization, of which installation, something at Logto was made for; null where it bears no mark. */
export function readMark({ customData }: Twin): { organizationId: string; baseUrl: string } | null {
  return marked.safeParse(customData).data?.[productSlug] ?? null;
}

/** Whether somebody belongs to an organization at Logto, and as what. */
export type MembershipAtLogto = {
  isMember: boolean;
  /** The strongest of our roles that they have there. */
  role: Role | null;
  /** Roles of whoever else uses that Logto: they stay. */
  otherRoles: string[];
};

/** Somebody in an organization: a person, or a machine-to-machine application. */
export type Subject = { subject: string; isMachine: boolean };

const roleAnswer = z.object({ id: z.string(), name: z.string() });
const named = plainName.catch(null);
const memberAnswer = z.object({
  id: z.string(),
  organizationRoles: z.array(roleAnswer).catch([]),
  name: named,
  username: named,
  primaryEmail: named,
});

/** Somebody in an organization at Logto, with what they are called there. */
export type MemberAtLogto = MembershipAtLogto & Subject & { name: string | null };

/** No member. */
export const nobody: MembershipAtLogto = { isMember: false, role: null, otherRoles: [] };

/** @returns null where there is none of this id */
export async function readTwin(api: ManagementApi, logtoId: string): Promise<Twin | null> {
  try {
    return await api.read(twinAnswer, (client) =>
      client.GET("/api/organizations/{id}", { params: { path: { id: logtoId } } }),
    );
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/**
 * Makes an organization's twin, or finds the one that was made before whoever made it could note its id. It is named
 * by our id until that is noted: Logto neither lets us choose its id nor finds organizations by anything but their
 * name.
 *
 * @param organization.baseUrl ours: another installation may use the same Logto
 * @returns its id at Logto
 */
export async function makeTwin(
  api: ManagementApi,
  { organizationId, baseUrl }: { organizationId: string; baseUrl: string },
): Promise<string> {
  const [found] = await findNamelessTwins(api, { organizationId, baseUrl });
  if (found) return found.id;
  const { id } = await api.read(twinAnswer, (client) =>
    client.POST("/api/organizations", {
      body: { name: organizationId, customData: { [productSlug]: { organizationId, baseUrl } } },
    }),
  );
  return id;
}

/**
 * Those of an organization's twins whose id was never noted: they are named by our id still, and bear our mark, without
 * which anybody's organization can be called so.
 */
export async function findNamelessTwins(
  api: ManagementApi,
  { organizationId, baseUrl }: { organizationId: string; baseUrl: string },
): Promise<Twin[]> {
  const found = await api.list(twinAnswer, (client, page) =>
    client.GET("/api/organizations", { params: { query: { ...page, q: organizationId } } }),
  );
  return found.filter((twin) => {
    const mark = readMark(twin);
    return mark?.organizationId === organizationId && mark.baseUrl === baseUrl;
  });
}

export function renameTwin(api: ManagementApi, logtoId: string, name: string): Promise<void> {
  return api.send((client) =>
    client.PATCH("/api/organizations/{id}", { params: { path: { id: logtoId } }, body: { name } }),
  );
}

/** It may be gone already. */
export function deleteTwin(api: ManagementApi, logtoId: string): Promise<void> {
  return unlessGone(
    api.send((client) =>
      client.DELETE("/api/organizations/{id}", { params: { path: { id: logtoId } } }),
    ),
  );
}

/** Everybody in an organization at Logto, by their id there. */
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

/** @returns that they are no member where Logto knows neither them nor the organization */
export async function readMemberAtLogto(
  api: ManagementApi,
  logtoId: string,
  { subject, isMachine }: Subject,
): Promise<MembershipAtLogto> {
  try {
    // Whole, unless a page is asked for.
    const held = await api.read(z.array(roleAnswer), (client) =>
      isMachine
        ? client.GET("/api/organizations/{id}/applications/{applicationId}/roles", {
            params: { path: { id: logtoId, applicationId: subject } },
          })
        : client.GET("/api/organizations/{id}/users/{userId}/roles", {
            params: { path: { id: logtoId, userId: subject } },
          }),
    );
    // Of an application that is no member Logto says that it has no roles.
    const isMember = !isMachine || held.length > 0 || (await isMachineOf(api, logtoId, subject));
    return isMember ? describeRoles(held, isMachine) : nobody;
  } catch (error) {
    if (isNotFound(error) || isRefusal(error, "organization.require_membership")) return nobody;
    throw error;
  }
}

async function isMachineOf(api: ManagementApi, logtoId: string, subject: string): Promise<boolean> {
  const machines = await listMachinesAtLogto(api, logtoId);
  return machines.some(({ id }) => id === subject);
}

const listMachinesAtLogto = (api: ManagementApi, logtoId: string) =>
  api.list(memberAnswer, (client, query) =>
    client.GET("/api/organizations/{id}/applications", {
      params: { path: { id: logtoId }, query },
    }),
  );

/**
 * Makes somebody a member with just this one of our roles; done twice it is done once.
 *
 * @throws LogtoError `entity.relation_foreign_key_not_found` where Logto knows either of the two no more
 */
export async function setMemberAtLogto(
  api: ManagementApi,
  logtoId: string,
  { subject, isMachine }: Subject,
  role: Role,
  present: MembershipAtLogto,
): Promise<void> {
  const organizationRoleNames = [nameRole(role, isMachine), ...present.otherRoles];
  if (isMachine) {
    const organizationRoleIds = await findRoleIds(api, organizationRoleNames);
    const applicationIds = [subject];
    if (!present.isMember) {
      await api.send((client) =>
        client.POST("/api/organizations/{id}/applications", {
          params: { path: { id: logtoId } },
          body: { applicationIds },
        }),
      );
    }
    await api.send((client) =>
      client.PUT("/api/organizations/{id}/applications/{applicationId}/roles", {
        params: { path: { id: logtoId, applicationId: subject } },
        body: { organizationRoleIds },
      }),
    );
    return;
  }
  if (!present.isMember) {
    await api.send((client) =>
      client.POST("/api/organizations/{id}/users", {
        params: { path: { id: logtoId } },
        body: { userIds: [subject] },
      }),
    );
  }
  await api.send((client) =>
    client.PUT("/api/organizations/{id}/users/{userId}/roles", {
      params: { path: { id: logtoId, userId: subject } },
      body: { organizationRoleNames },
    }),
  );
}

/** They may be gone already. */
export function removeMemberAtLogto(
  api: ManagementApi,
  logtoId: string,
  { subject, isMachine }: Subject,
): Promise<void> {
  return unlessGone(
    api.send((client) =>
      isMachine
        ? client.DELETE("/api/organizations/{id}/applications/{applicationId}", {
            params: { path: { id: logtoId, applicationId: subject } },
          })
        : client.DELETE("/api/organizations/{id}/users/{userId}", {
            params: { path: { id: logtoId, userId: subject } },
          }),
    ),
  );
}

/** Of applications Logto takes roles by their ids only. */
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

async function unlessGone(sent: Promise<void>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function nameRole(role: Role, isMachine: boolean): string {
  const own = machineRoles.find((each) => each === role);
  return isMachine && own ? nameMachineRole(own) : role;
}

/** The strongest of our roles counts; one of people's names says nothing of a machine. */
function describeRoles(held: { name: string }[], isMachine: boolean): MembershipAtLogto {
  const possible: readonly Role[] = isMachine ? machineRoles : roles;
  const ours = possible.filter((role) =>
    held.some(({ name }) => name === nameRole(role, isMachine)),
  );
  const names = new Set(ours.map((role) => nameRole(role, isMachine)));
  return {
    isMember: true,
    role: ours[0] ?? null,
    otherRoles: held.map(({ name }) => name).filter((name) => !names.has(name)),
  };
}
