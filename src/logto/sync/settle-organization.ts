import { nameField } from "../../http/name-field.ts";
import { changeAsGuest } from "../../tenancy/change-as.ts";
import { applyChange, byLogto, noteRefusal } from "./apply-change.ts";
import type { Comparison } from "./compare-organization.ts";
import type { SyncContext } from "./context.ts";
import {
  type LocalPerson,
  lockNotes,
  type Settled,
  settleFollowedName,
  settleMemberships,
  settleOrganization,
} from "./local-state.ts";
import { isRefusal } from "../client/logto-error.ts";
import { scheduleNextLook } from "./look-again.ts";
import type { ManagementApi } from "../client/management-api.ts";
import {
  type MembershipAtLogto,
  readMemberAtLogto,
  removeMemberAtLogto,
  setMemberAtLogto,
  type Subject,
} from "../client/members.ts";
import { renameOrganizationAtLogto, type OrganizationAtLogto } from "../client/organizations.ts";

/**
 * Makes both sides equal where they differ.
 *
 * @param timeoutMs the time after which it leaves the rest to another job
 * @returns whether everything was done; false if there was not enough time, or our side has changed meanwhile
 */
export async function settleDifferences(
  context: SyncContext,
  organizationId: string,
  comparison: Comparison & { atLogto: OrganizationAtLogto },
  timeoutMs: number,
): Promise<boolean> {
  const { database } = context;
  const { here, atLogto } = comparison;
  const deadline = performance.now() + timeoutMs;
  await settleName(context, organizationId, comparison);
  const settled: Settled[] = [];
  let isDone = comparison.isComplete;
  for (const [index, compared] of inOrder(comparison).entries()) {
    if (index > 0 && performance.now() > deadline) {
      isDone = false;
      break;
    }
    const { person } = compared;
    if (await settlePerson(context, organizationId, atLogto.id, compared)) {
      settled.push({ ...person, watching: findWatching(compared) });
    } else {
      isDone = false;
    }
  }
  await database.forOrganization(organizationId, async (tx) => {
    await lockNotes(tx, organizationId);
    if (isDone) await settleOrganization(tx, organizationId, here);
    await settleMemberships(tx, organizationId, settled);
    await scheduleNextLook(tx, organizationId);
  });
  return isDone;
}

/** Logto sends no webhook about the role that a new member, or one without a role, gets next. */
function findWatching({
  person,
  atLogto,
  difference,
}: Comparison["people"][number]): Settled["watching"] {
  if (difference.kind === "outward" || !atLogto.isMember) return "ends";
  const isNew = difference.kind === "inward" && person.role === null;
  return atLogto.role === null || isNew ? "begins" : "goes on";
}

/**
 * Applies a new owner before a former one. If not everybody was compared, an owner stays owner for now: their successor
 * may be among the others.
 */
function inOrder({ people, isComplete }: Comparison): Comparison["people"] {
  const chosen = isComplete || people.length === 1 ? people : people.filter(isNoFormerOwner);
  return chosen.toSorted((one, other) => Number(isNewOwner(other)) - Number(isNewOwner(one)));
}

function isNoFormerOwner({ person, difference }: Comparison["people"][number]): boolean {
  return person.role !== "owner" || difference.kind !== "inward" || difference.role === "owner";
}

function isNewOwner({ difference }: Comparison["people"][number]): boolean {
  return difference.kind === "inward" && difference.role === "owner";
}

/** @returns whether both sides are equal now; false if one has changed meanwhile, in which case another job follows */
async function settlePerson(
  { database, logto }: SyncContext,
  organizationId: string,
  logtoId: string,
  { person, atLogto, difference }: Comparison["people"][number],
): Promise<boolean> {
  if (difference.kind === "none") return true;
  // The list of a large organization may be half a minute old.
  const present = await readMemberAtLogto(logto, logtoId, person);
  if (present.isMember !== atLogto.isMember || present.role !== atLogto.role) return false;
  if (difference.kind === "outward") {
    if (difference.isReverted) {
      const reason = person.hasAccount ? "suspended here" : "account deleted";
      await noteRefusal(database, organizationId, person, reason);
    }
    return tellLogto(logto, logtoId, person, present, difference.role);
  }
  const outcome = await applyChange(database, organizationId, person, difference.role);
  if (outcome.kind === "refused") return tellLogto(logto, logtoId, person, present, outcome.role);
  return outcome.kind === "applied";
}

async function tellLogto(
  logto: ManagementApi,
  logtoId: string,
  person: Subject,
  present: MembershipAtLogto,
  role: LocalPerson["role"],
): Promise<boolean> {
  try {
    if (role === null) await removeMemberAtLogto(logto, logtoId, person);
    else await setMemberAtLogto(logto, logtoId, person, role, present);
    return true;
  } catch (error) {
    // The user or the organization is gone at Logto: the next comparison finds out which.
    if (isRefusal(error, "entity.relation_foreign_key_not_found")) return true;
    throw error;
  }
}

async function settleName(
  { database, logto, logger }: SyncContext,
  organizationId: string,
  { here, atLogto }: Comparison & { atLogto: OrganizationAtLogto },
): Promise<void> {
  if (here.name === null || atLogto.name === here.name) return;
  const name = nameField.safeParse(atLogto.name);
  const isPending = here.version > here.pushedVersion || here.isDeleted;
  // They differ only in invisible characters.
  if (!isPending && name.data === here.name) return;
  // A change made here goes first. Until then, a new organization at Logto has our id as its name.
  if (isPending || !name.success) {
    await renameOrganizationAtLogto(logto, atLogto.id, here.name);
    return;
  }
  const from = here.name;
  const to = name.data;
  await changeAsGuest(database, byLogto(organizationId), async (tx) => {
    const { count } = await tx.organization.updateMany({
      where: { id: organizationId, name: from },
      data: { name: to },
    });
    if (count > 0) await settleFollowedName(tx, organizationId, here.version);
    const target = { type: "organization", id: organizationId };
    const event = {
      action: "organization.renamed",
      target,
      details: { from, to, via: "logto" },
    } as const;
    return { value: undefined, event: count > 0 ? event : null };
  });
  logger.info({ organizationId, part: "logto" }, "an organization was renamed at Logto");
}
