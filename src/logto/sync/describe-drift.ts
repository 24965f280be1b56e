import { nameField } from "../../http/name-field.ts";
import { cleanName } from "../../http/visible-text.ts";
import type { Role } from "../../access/roles.ts";
import { sweepUnlinked, type UnlinkedOrganization } from "./adopt-organization.ts";
import { type Comparison, compareOrganization, roleOfNoRole } from "./compare-organization.ts";
import type { SyncContext } from "./context.ts";
import { readLocalOrganization } from "./local-state.ts";
import { listLinkable } from "./reconcile.ts";
import { reconcileUsers, type UserDifference } from "./reconcile-users.ts";

/** A difference between both sides, in plain words. */
export type Drift = {
  about: "organization" | "membership" | "account";
  /** The sentence before the repair. */
  plan: string;
  /** The same sentence afterwards. */
  result: string;
};

function differ(about: Drift["about"], plan: string): Drift {
  return { about, plan, result: plan.replace("will be", "is now") };
}

/** Compares everything and changes nothing. @returns an empty list if both sides are equal */
export async function describeDrift(context: SyncContext): Promise<Drift[]> {
  const drift: Drift[] = [];
  for await (const { organizationId } of listLinkable(context.database, 0)) {
    drift.push(...(await describeOrganization(context, organizationId)));
  }
  for (const { atLogto, found } of await sweepUnlinked(context, { isDryRun: true })) {
    const end = describeUnlinked(found);
    if (end === null) continue;
    drift.push(differ("organization", `${atLogto.name} (${atLogto.id} at Logto) ${end}`));
  }
  const users = await reconcileUsers(context, { isDryRun: true });
  return [...drift, ...users.map(describeUser)];
}

function describeUnlinked(found: UnlinkedOrganization): string | null {
  if (found.kind === "pending") return null;
  if (found.kind === "new") return "will be adopted";
  if (found.kind === "foreign") return `is left alone: ${found.reason}`;
  return "will be deleted there: it belongs to no organization here";
}

const describeMembership = (
  organization: string,
  member: { name: string | null; subject: string },
  role: Role | null,
  side: "here" | "at Logto",
): Drift =>
  differ(
    "membership",
    `${organization}: ${nameSubject(member)} will be ${role ?? "no member any more"} ${side}`,
  );

/** The name, and the id that Logto's Console finds them by. */
const nameSubject = ({ name, subject }: { name: string | null; subject: string }) =>
  name === null ? `${subject} at Logto` : `${name} (${subject} at Logto)`;

const userChanges: Record<UserDifference["difference"], string> = {
  deleted: "is gone at Logto: their account will be deleted here",
  suspended: "is suspended at Logto: they will be signed out here",
  reactivated: "is not suspended at Logto any more: they will be let in here",
  profile: "has changed at Logto: their profile here will be the same",
};

const describeUser = ({ difference, ...user }: UserDifference): Drift =>
  differ("account", `${nameSubject(user)} ${userChanges[difference]}`);

const ofOrganization = (plan: string) => [differ("organization", plan)];

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
    return ofOrganization(`${organizationId} was removed: it will be deleted at Logto`);
  }
  if (logtoId === null) return ofOrganization(`${name} will be created at Logto`);
  const wholly = { all: true, mirrorsNew: false };
  const comparison = await compareOrganization(
    context,
    organizationId,
    { ...here, logtoId },
    wholly,
  );
  const { atLogto } = comparison;
  if (!atLogto) {
    return ofOrganization(`${name} was deleted at Logto: it will be created again there`);
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
    return [describeMembership(name, person, difference.role, side)];
  });
  const isOurs = here.version > here.pushedVersion || here.isDeleted;
  if (nameAtLogto !== name && (isOurs || nameField.safeParse(nameAtLogto).data !== name)) {
    const readable = cleanName(nameAtLogto) ?? "A name that nobody can read";
    const plan = isOurs
      ? `${readable} will be called ${name} at Logto`
      : `${name} will be called ${readable} here`;
    drift.push(differ("organization", plan));
  }
  const added = strangers.map((stranger) =>
    describeMembership(name, stranger, stranger.role ?? roleOfNoRole, "here"),
  );
  return [...drift, ...added];
}
