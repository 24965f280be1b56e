import { z } from "zod";

import { roleMeaning } from "../../access/role-meaning.ts";
import { hasPermission, permissions, type Role, roles } from "../../access/roles.ts";
import { productName } from "../../runtime/product.ts";
import { machineRoles, nameRole } from "../client/members.ts";
import { ProvisionError, type Step } from "./step.ts";

const named = z.object({ id: z.string(), name: z.string() });
const roleAnswer = named.extend({ type: z.string(), scopes: z.array(named) });
const newRoleAnswer = named.extend({ type: z.string() });

type Scope = z.output<typeof named>;
type WantedRole = {
  name: string;
  description: string;
  type: "User" | "MachineToMachine";
  /** It has the permissions of this role. */
  role: Role;
};

/** The organization roles at Logto: for people, with our names, and for service accounts. */
const wantedRoles: readonly WantedRole[] = [
  ...roles.map((role) => ({
    name: role,
    description: roleMeaning[role],
    type: "User" as const,
    role,
  })),
  ...machineRoles.map((role) => ({
    name: nameRole(role, true),
    description: `A service account with the permissions of the role ${role}.`,
    type: "MachineToMachine" as const,
    role,
  })),
];

/**
 * Provides the organization permissions and roles of access/roles.ts, by name. A role keeps the permissions of others; of
 * ours it gets exactly those that it has here.
 */
export async function provisionOrganizationTemplate(step: Step): Promise<void> {
  const scopes = await provisionScopes(step);
  const present = await step.api.list(roleAnswer, (client, query) =>
    client.GET("/api/organization-roles", { params: { query } }),
  );
  for (const wanted of wantedRoles) {
    const found = present.find(({ name }) => name === wanted.name);
    if (found) await mendRole(step, wanted, found, scopes);
    else await createRole(step, wanted, scopes);
  }
}

/** @returns the present ones: in a dry run not all of ours */
async function provisionScopes({ api, ledger }: Step): Promise<Scope[]> {
  const kind = "organization permission";
  const scopes = await api.list(named, (client, query) =>
    client.GET("/api/organization-scopes", { params: { query } }),
  );
  for (const name of permissions) {
    if (scopes.some((scope) => scope.name === name)) {
      ledger.keep(kind, name);
      continue;
    }
    const created = await ledger.create(kind, name, () =>
      api.read(named, (client) => client.POST("/api/organization-scopes", { body: { name } })),
    );
    if (created) scopes.push(created);
  }
  return scopes;
}

const listPermissions = (role: Role) =>
  permissions.filter((permission) => hasPermission(role, permission));

const kindOf = ({ type }: WantedRole) =>
  type === "User" ? "organization role" : "organization role of service accounts";

async function createRole(
  { api, ledger }: Step,
  wanted: WantedRole,
  scopes: Scope[],
): Promise<void> {
  const { name, description, type, role } = wanted;
  const organizationScopeIds = scopes
    .filter((scope) => listPermissions(role).some((permission) => permission === scope.name))
    .map(({ id }) => id);
  await ledger.create(kindOf(wanted), name, () =>
    api.read(newRoleAnswer, (client) =>
      client.POST("/api/organization-roles", {
        body: { name, description, type, organizationScopeIds, resourceScopeIds: [] },
      }),
    ),
  );
}

async function mendRole(
  { api, ledger }: Step,
  ours: WantedRole,
  found: z.output<typeof roleAnswer>,
  scopes: Scope[],
): Promise<void> {
  const { name, type, role } = ours;
  if (found.type !== type) {
    const [is, needs] = type === "User" ? ["machines", "people"] : ["people", "machines"];
    throw new ProvisionError(
      `Logto has an organization role ${name} for ${is}; ${productName} needs one of that name for ${needs}. Rename or delete it (Console, Organization template).`,
    );
  }
  const isOurs = (scope: Scope) => permissions.some((permission) => permission === scope.name);
  const granted = new Set(found.scopes.map((scope) => scope.name));
  const wanted = new Set<string>(listPermissions(role));
  const changes = [
    ...[...wanted].filter((permission) => !granted.has(permission)).map((each) => `+${each}`),
    ...found.scopes
      .filter((scope) => isOurs(scope) && !wanted.has(scope.name))
      .map((scope) => `-${scope.name}`),
  ];
  const organizationScopeIds = [
    ...found.scopes.filter((scope) => !isOurs(scope)),
    ...scopes.filter((scope) => wanted.has(scope.name)),
  ].map(({ id }) => id);
  const differences = changes.length === 0 ? [] : [changes.join(" ")];
  await ledger.mend(kindOf(ours), name, differences, () =>
    api.send((client) =>
      client.PUT("/api/organization-roles/{id}/scopes", {
        params: { path: { id: found.id } },
        body: { organizationScopeIds },
      }),
    ),
  );
}
