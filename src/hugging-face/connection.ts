import { readHistory } from "../tenancy/admission.ts";
import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import { httpError } from "../http/errors.ts";
import type { Read } from "../http/route.ts";
import { seal } from "../http/seal.ts";
import {
  type Change,
  changeMembershipAs,
  type ChangingMember,
  unchanged,
} from "../tenancy/change-as.ts";
import { membershipError } from "../tenancy/errors.ts";
import { type Role, rolesToGiveByRule } from "../access/roles.ts";
import { huggingFaceError } from "./errors.ts";
import { followMembers, tokenPurpose } from "./members-job.ts";
import { fieldOf, type Rules } from "./rules.ts";

/** An organization at Hugging Face. */
export type HuggingFaceOrganization = Pick<HuggingFaceConnection, "subject" | "handle" | "name">;

export type ListedConnection = HuggingFaceOrganization &
  Rules & {
    memberCount: number;
    /** The last result of listing its members; null without a token for that. */
    listing: Pick<HuggingFaceConnection, "membersToldAt" | "membersFault"> | null;
  };

export type ConnectionRow = Omit<ListedConnection, "listing"> &
  NonNullable<ListedConnection["listing"]> & { hasToken: boolean };

/** Reads the connections of the current organization, the oldest first; `describeConnection` makes them fit for a page. */
export const readConnections = (): Read<ConnectionRow> => ({
  name: "list-hugging-face-connections",
  text: `
    select c.subject, c.handle, c.name, c.mode, c.admin_role as "adminRole", c.write_role as "writeRole",
           c.contributor_role as "contributorRole", c.read_role as "readRole",
           (select count(*)::int from hugging_face_memberships m
             where m.organization_id = c.organization_id and m.connection_subject = c.subject) as "memberCount",
           c.access_token is not null as "hasToken", c.members_told_at as "membersToldAt",
           c.members_fault as "membersFault"
      from hugging_face_connections c
     where c.organization_id = current_organization_id()
     order by c.created_at, c.subject`,
  values: [],
});

export function describeConnection(row: ConnectionRow): ListedConnection {
  const { hasToken, membersToldAt, membersFault, ...connection } = row;
  return { ...connection, listing: hasToken ? { membersToldAt, membersFault } : null };
}

/** Reads the time of the last decision about a person, in the form that is sealed; call it inside the organization's scope. */
export async function readDecidedAt(
  tx: Transaction,
  key: { organizationId: string; userId: string },
): Promise<string | null> {
  const { decidedAt } = await readHistory(tx, key);
  return decidedAt?.toISOString() ?? null;
}

/**
 * Connects an organization with one at Hugging Face. An existing connection keeps its rules, and gets the present name and
 * handle.
 *
 * @param chosen an organization of which Hugging Face said that the actor is an admin; null if that expired
 * @param chosen.decidedAt the time of the last decision about the actor, as it was then
 * @throws hugging_face.choice_spent; what `changeAs` throws
 */
export function connect(
  database: TenantDatabase,
  actor: ChangingMember,
  chosen: (HuggingFaceOrganization & { decidedAt?: string | null | undefined }) | null,
): Promise<void> {
  const { organization, user } = actor;
  const work = async (tx: Transaction): Promise<Change<void>> => {
    const key = { organizationId: organization.id, userId: user.id };
    if (!chosen || (chosen.decidedAt ?? null) !== (await readDecidedAt(tx, key))) {
      throw huggingFaceError("hugging_face.choice_spent");
    }
    const { subject, handle, name } = chosen;
    const [written] = await tx.$queryRaw<{ isNew: boolean }[]>`
      insert into hugging_face_connections as c (organization_id, subject, handle, name, connecter_id)
      values (${organization.id}::uuid, ${subject}, ${handle}, ${name}, ${user.id}::uuid)
      on conflict (organization_id, subject) do update set handle = excluded.handle, name = excluded.name
        where (c.handle, c.name) is distinct from (excluded.handle, excluded.name)
      returning xmax = 0 as "isNew"`;
    return written ? changed(written.isNew ? "connected" : "renamed", chosen) : unchanged;
  };
  return changeMembershipAs(database, actor, "hugging-face:update", work);
}

/**
 * Changes how people join by a connection, and in which role. Its present members follow at their next sign-in.
 *
 * @throws request.not_found, member.role_above_own; what `changeAs` throws
 */
export function changeRules(
  database: TenantDatabase,
  actor: ChangingMember,
  { subject, ...rules }: Rules & { subject: string },
): Promise<void> {
  return changeConnection(database, actor, { subject }, async (tx, key, present, role) => {
    requireOwnRoles(role, rules);
    if (isEqual(present, rules)) return unchanged;
    await tx.huggingFaceConnection.update({ where: { organizationId_subject: key }, data: rules });
    return changed("rules_changed", present, { ...rules });
  });
}

/** Rules give only roles that the actor could give by hand, and never owner. */
export function requireOwnRoles(role: Role, rules: Rules): void {
  const allowed: readonly Role[] = rolesToGiveByRule({ role });
  const given = Object.values(fieldOf).flatMap((field) => rules[field] ?? []);
  if (!given.every((each) => allowed.includes(each)))
    throw membershipError("member.role_above_own");
}

function isEqual(present: Rules, rules: Rules): boolean {
  const fields = ["mode", ...Object.values(fieldOf)] as const;
  return fields.every((field) => present[field] === rules[field]);
}

/**
 * Ends a connection. Its members stay as they are, and follow Hugging Face no longer.
 *
 * @throws request.not_found; what `changeAs` throws
 */
export function disconnect(
  database: TenantDatabase,
  actor: ChangingMember,
  { subject }: { subject: string },
): Promise<void> {
  return changeConnection(database, actor, { subject }, async (tx, key, present) => {
    await tx.huggingFaceConnection.delete({ where: { organizationId_subject: key } });
    return changed("disconnected", present);
  });
}

/**
 * Stores the token with which we list the members of a connected organization, and lists them at once; or removes it
 * (null). The token is stored sealed, and no page shows it.
 *
 * @throws request.not_found; what `changeAs` throws
 */
export async function changeAccessToken(
  database: TenantDatabase,
  actor: ChangingMember,
  { subject, token }: { subject: string; token: string | null },
  secrets: readonly string[],
): Promise<void> {
  const accessToken = token === null ? null : await seal(token, secrets[0] ?? "", tokenPurpose);
  await changeConnection(database, actor, { subject }, async (tx, key, present) => {
    if (accessToken === null && present.accessToken === null) return unchanged;
    const data = { accessToken, membersToldAt: null, membersFault: null };
    await tx.huggingFaceConnection.update({ where: { organizationId_subject: key }, data });
    if (accessToken !== null) await followMembers.begin(tx, key);
    return changed(accessToken === null ? "token_removed" : "token_saved", present);
  });
}

type Key = { organizationId: string; subject: string };

/** Waits for every other change of who belongs to the organization, so that people join by the present rules. */
function changeConnection(
  database: TenantDatabase,
  actor: ChangingMember,
  { subject }: { subject: string },
  work: (
    tx: Transaction,
    key: Key,
    present: HuggingFaceConnection,
    role: Role,
  ) => Promise<Change<void>>,
): Promise<void> {
  const key = { organizationId: actor.organization.id, subject };
  return changeMembershipAs(database, actor, "hugging-face:update", async (tx, role) => {
    const present = await tx.huggingFaceConnection.findUnique({
      where: { organizationId_subject: key },
    });
    if (!present) throw httpError("request.not_found");
    return work(tx, key, present, role);
  });
}

function changed(
  verb:
    | "connected"
    | "renamed"
    | "rules_changed"
    | "disconnected"
    | "token_removed"
    | "token_saved",
  { subject, handle, name }: HuggingFaceOrganization,
  details: AuditEntry["details"] = {},
): Change<void> {
  const target = { type: "hugging-face-organization", id: subject };
  return {
    value: undefined,
    event: { action: `hugging_face.${verb}`, target, details: { name, handle, ...details } },
  };
}
