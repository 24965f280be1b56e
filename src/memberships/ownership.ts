import type { ListedMember } from "./member-list.ts";
import { displayName, showEmail } from "../identity/display-name.ts";
import { readPerson } from "../identity/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { defineErrors, httpError } from "../http/errors.ts";
import { type ChangingMember, changeMembershipAs } from "../tenancy/change-as.ts";
import { recordDecision } from "../tenancy/decision.ts";
import { mailRoleChanged } from "../tenancy/mail.ts";
import type { Role } from "../access/roles.ts";

const ownershipError = defineErrors({
  "ownership.already_yours": {
    status: 409,
    title: "You are already an owner",
    detail: "Nothing was changed. Choose someone else to hand the organization over to.",
  },
  "ownership.successor_not_a_person": {
    status: 409,
    title: "An application cannot be an owner",
    detail: "Nothing was changed. Choose a person.",
  },
  "ownership.successor_suspended": {
    status: 409,
    title: "That person is suspended",
    detail:
      "Nothing was changed. Someone who is suspended cannot be an owner: restore their access first, or choose someone else.",
  },
});

/** Whether the organization has an owner other than this one. Suspended owners do not count. */
export async function hasAnotherOwner(
  tx: Transaction,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<boolean> {
  const another = await tx.membership.findFirst({
    where: { organizationId, role: "owner", suspendedAt: null, userId: { not: userId } },
    select: { userId: true },
  });
  return another !== null;
}

/** Whether a user is a person and not an application: only people can own an organization. */
export async function isPerson(tx: Transaction, userId: string): Promise<boolean> {
  const { isMachine } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { isMachine: true },
  });
  return !isMachine;
}

/** A member who can become the new owner of an organization. */
export type Successor = Pick<
  ListedMember,
  "userId" | "name" | "username" | "email" | "emailVerified" | "role"
>;

/** The number of successors that a page offers. */
export const offeredSuccessors = 100;

/** Lists the members who can become the new owner, the strongest roles first: {@link offeredSuccessors} at most. */
export function listSuccessors(
  database: TenantDatabase,
  { organizationId, ownerId }: { organizationId: string; ownerId: string },
): Promise<Successor[]> {
  return database.readOrganization<Successor>(organizationId, {
    name: "list-successors",
    text: `select m.user_id as "userId", u.name, u.username, u.email,
                  u.proven_email is not null as "emailVerified", m.role
             from memberships m join users u on u.id = m.user_id
            where m.organization_id = $1 and m.user_id <> $2 and m.suspended_at is null
              and not u.is_machine
            order by m.role, u.name, m.user_id
            limit ${offeredSuccessors}`,
    values: [organizationId, ownerId],
  });
}

/** The label of a successor: two people of one name differ by the account that they sign in with. */
export function nameSuccessor({ role, ...person }: Successor): string {
  const name = displayName(person);
  const { email, emailVerified: isVerified, username } = person;
  const account = email === null ? username : showEmail(email, { isVerified });
  return `${account === null || account === name ? name : `${name}, ${account}`} (${role})`;
}

/** The hint beside the choice if it does not offer every member. */
export function explainMissing(successors: readonly Successor[]): string | undefined {
  return successors.length < offeredSuccessors
    ? undefined
    : `These are ${offeredSuccessors} of the members, admins first. If someone is missing, make them an admin first.`;
}

/**
 * Transfers ownership: in one transaction the member becomes an owner and the actor an admin.
 *
 * @returns the name of the new owner
 * @throws request.not_found if the user is not a member; ownership.already_yours,
 *   ownership.successor_suspended, ownership.successor_not_a_person; what {@link changeMembershipAs} throws
 */
export function transferOwnership(
  database: TenantDatabase,
  actor: ChangingMember,
  { userId }: { userId: string },
): Promise<string> {
  const organizationId = actor.organization.id;
  const setRole = (memberId: string, role: Role) => ({
    where: { organizationId_userId: { organizationId, userId: memberId } },
    data: { role },
  });
  return changeMembershipAs(database, actor, "organization:transfer", async (tx) => {
    if (userId === actor.user.id) throw ownershipError("ownership.already_yours");
    const successor = await tx.membership.findUnique({
      where: { organizationId_userId: { organizationId, userId } },
      select: { role: true, suspendedAt: true },
    });
    const person = await readPerson(tx, userId);
    if (!successor || !person) throw httpError("request.not_found");
    if (successor.suspendedAt) throw ownershipError("ownership.successor_suspended");
    if (!(await isPerson(tx, userId))) {
      throw ownershipError("ownership.successor_not_a_person");
    }
    await tx.membership.update(setRole(userId, "owner"));
    await tx.membership.update(setRole(actor.user.id, "admin"));
    const ofBoth = { organizationId, userId, actorId: actor.user.id };
    await mailRoleChanged(tx, { ...ofBoth, from: successor.role, role: "owner" });
    const decided = { organizationId, deciderId: actor.user.id };
    const closed = [
      ...(await recordDecision(tx, { ...decided, userId }, "raised")),
      ...(await recordDecision(tx, { ...decided, userId: actor.user.id }, "stepped_down")),
    ];
    const transfer = {
      action: "organization.ownership_transferred",
      target: { type: "user", id: userId },
      details: { from: successor.role, to: "owner" },
    } as const;
    return { value: person.name, event: [transfer, ...closed] };
  });
}
