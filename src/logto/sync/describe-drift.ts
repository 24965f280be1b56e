import { nameField } from "../../http/name-field.ts";
import { cleanName } from "../../http/visible-text.ts";
import type { Role } from "../../access/roles.ts";
import { sweepUnlinked } from "./adopt-organization.ts";
import { type Comparison, compareOrganization, roleOfNoRole } from "./compare-organization.ts";
import type { SyncContext } from "./context.ts";
import { readLocalOrganization } from "./local-state.ts";
import { listLinkable } from "./reconcile.ts";
import { reconcileUsers, type UserDifference } from "./reconcile-users.ts";

/** A difference between both sides, in plain words. */
export type Drift = {
  about: "organization" | "membership" | "account";
  /** What will be done about it. */
  plan: string;
  /** What was done about it. */
  result: string;
};

/** Compares everything and changes nothing. @returns nothing where both sides are equal */
export async function describeDrift(context: SyncContext): Promise<Drift[]> {
  const drift: Drift[] = [];
  for await (const { organizationId } of listLinkable(context.database, 0)) {
    drift.push(...(await describeOrganization(context, organizationId)));
  }
  for (const { atLogto, found } of await sweepUnlinked(context, { isDryRun: true })) {
    const name = `${atLogto.name} (${atLogto.id} at Logto)`;
    if (found.kind === "new") drift.push(ofOrganization(name, "will be taken in", "is taken in"));
    if (found.kind === "orphan") {
      const reason = ": it belongs to no organization here";
      const [plan, result] = [`will be deleted there${reason}`, `is deleted there${reason}`];
      drift.push(ofOrganization(name, plan, result));
    }
    if (found.kind === "foreign") {
      const leftAlone = `is left alone: ${found.reason}`;
      drift.push(ofOrganization(name, leftAlone, leftAlone));
    }
  }
  const users = await reconcileUsers(context, { isDryRun: true });
  return [...drift, ...users.map(describeUser)];
}

const ofOrganization = (name: string, plan: string, result: string): Drift => ({
  about: "organization",
  plan: `${name} ${plan}`,
  result: `${name} ${result}`,
});

function ofMembership(
  organization: string,
  member: { name: string | null; subject: string },
  { role, side }: { role: Role | null; side: "here" | "at Logto" },
): Drift {
  const who = `${organization}: ${nameSubject(member)}`;
  const what = `${role ?? "no member any more"} ${side}`;
  return { about: "membership", plan: `${who} will be ${what}`, result: `${who} is now ${what}` };
}

/** The name, and the id that Logto's Console finds them by. */
const nameSubject = ({ name, subject }: { name: string | null; subject: string }) =>
  name === null ? `${subject} at Logto` : `${name} (${subject} at Logto)`;

const userChanges: Record<UserDifference["difference"], [plan: string, result: string]> = {
  deleted: ["their account will be deleted here", "their account is deleted here"],
  suspended: ["they will be signed out here", "they are signed out here"],
  reactivated: ["they will be let in here", "they are let in here again"],
  profile: ["so will they here", "so have they here"],
};

const userReasons: Record<UserDifference["difference"], string> = {
  deleted: "is gone at Logto",
  suspended: "is suspended at Logto",
  reactivated: "is not suspended at Logto any more",
  profile: "has changed at Logto",
};

function describeUser({ difference, ...user }: UserDifference): Drift {
  const why = `${nameSubject(user)} ${userReasons[difference]}`;
  const [plan, result] = userChanges[difference];
  return { about: "account", plan: `${why}: ${plan}`, result: `${why}: ${result}` };
}

async function describeOrganization(
  context: SyncContext,
  organizationId: string,
): Promise<Drift[]> {
  const here = await context.database.forOrganization(organizationId, (tx) =>
    readLocalOrganization(tx, organizationId),
  );
  if (!here) return [];
  const { name, logtoId } = here;
  if (name === null) {
    const removed = `${organizationId} was removed:`;
    return [ofOrganization(removed, "it will be deleted at Logto", "it is deleted at Logto")];
  }
  if (logtoId === null) {
    return [ofOrganization(name, "will be created at Logto", "is created at Logto")];
  }
  const wholly = { all: true, mirrorsNew: false };
  const comparison = await compareOrganization(
    context,
    organizationId,
    { ...here, logtoId },
    wholly,
  );
  const { atLogto } = comparison;
  if (!atLogto) {
    const [plan, result] = ["it will be created anew there", "it is created anew there"];
    return [ofOrganization(`${name} was deleted at Logto:`, plan, result)];
  }
  return describeDifferences(comparison, name, atLogto.name);
}

function describeDifferences(
  { here, people, strangers }: Comparison,
  name: string,
  nameAtLogto: string,
): Drift[] {
  const drift = people.flatMap(({ person, difference }) => {
    if (difference.kind === "none") return [];
    const side = difference.kind === "outward" ? "at Logto" : "here";
    return [ofMembership(name, person, { role: difference.role, side })];
  });
  const isOurs = here.version > here.pushedVersion || here.isDeleted;
  if (nameAtLogto !== name && (isOurs || nameField.safeParse(nameAtLogto).data !== name)) {
    const readable = cleanName(nameAtLogto) ?? "A name that nobody can read";
    const [from, end] = isOurs
      ? [readable, `called ${name} at Logto`]
      : [name, `called ${readable} here`];
    drift.push(ofOrganization(from, `will be ${end}`, `is now ${end}`));
  }
  const added = strangers.map((stranger) =>
    ofMembership(name, stranger, { role: stranger.role ?? roleOfNoRole, side: "here" }),
  );
  return [...drift, ...added];
}
