import { nameField } from "../../http/name-field.ts";
import { cleanName } from "../../http/visible-text.ts";
import type { Role } from "../../access/roles.ts";
import { sweepTwins } from "./adopt-organization.ts";
import { type Comparison, compareOrganization, type SyncContext } from "./compare-organization.ts";
import { roleOfNoRole } from "./compare.ts";
import { readLocalOrganization } from "./local-state.ts";
import { listTwins } from "./reconcile.ts";
import { reconcileUsers, type UserDifference } from "./reconcile-users.ts";

/** Where both sides differ, in plain words. */
export type Drift = {
  about: "organization" | "membership" | "account";
  /** What will be done about it; nothing, where it says that it is left alone. */
  plan: string;
  /** What is so once it was done. */
  result: string;
};

/** Compares everything and changes nothing. @returns nothing where both sides are equal */
export async function describeDrift(context: SyncContext): Promise<Drift[]> {
  const drift: Drift[] = [];
  for await (const { organizationId } of listTwins(context.database, 0)) {
    drift.push(...(await describeOrganization(context, organizationId)));
  }
  for (const { twin, stray } of await sweepTwins(context, { isDryRun: true })) {
    const name = `${twin.name} (${twin.id} at Logto)`;
    if (stray.kind === "new") drift.push(ofOrganization(name, "will be taken in", "is taken in"));
    if (stray.kind === "orphan") {
      const reason = ": it is nobody's twin";
      const [plan, result] = [`will be deleted there${reason}`, `is deleted there${reason}`];
      drift.push(ofOrganization(name, plan, result));
    }
    if (stray.kind === "foreign") {
      const leftAlone = `is left alone: ${stray.reason}`;
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

/** By name, and by what Logto's Console finds them. */
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
    return [ofOrganization(removed, "its twin will be deleted", "its twin is deleted")];
  }
  if (logtoId === null) {
    return [ofOrganization(name, "has no twin: one will be made", "has a twin now")];
  }
  const wholly = { all: true, acquaints: false };
  const comparison = await compareOrganization(
    context,
    organizationId,
    { ...here, logtoId },
    wholly,
  );
  const { twin } = comparison;
  if (!twin) {
    const [plan, result] = ["its twin will be made anew", "its twin is made anew"];
    return [ofOrganization(`${name} was deleted at Logto:`, plan, result)];
  }
  return describeDifferences(comparison, name, twin.name);
}

function describeDifferences(
  { here, people, strangers }: Comparison,
  name: string,
  twinName: string,
): Drift[] {
  const drift = people.flatMap(({ person, difference }) => {
    if (difference.kind === "none") return [];
    const side = difference.kind === "outward" ? "at Logto" : "here";
    return [ofMembership(name, person, { role: difference.role, side })];
  });
  const isOurs = here.version > here.pushedVersion || here.isDeleted;
  if (twinName !== name && (isOurs || nameField.safeParse(twinName).data !== name)) {
    const readable = cleanName(twinName) ?? "Something that nobody can see";
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
