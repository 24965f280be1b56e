import { sweepTwins } from "./adopt-organization.ts";
import { type Comparison, compareOrganization, type SyncContext } from "./compare-organization.ts";
import { readLocalOrganization } from "./local-state.ts";
import { listTwins } from "./reconcile.ts";
import { reconcileUsers, type UserDifference } from "./reconcile-users.ts";

/**
 * Compares everything and changes nothing.
 *
 * @returns a line for each difference, in plain words; none where both sides are equal
 */
export async function describeDrift(context: SyncContext): Promise<string[]> {
  const lines: string[] = [];
  for await (const { organizationId } of listTwins(context.database, 0)) {
    lines.push(...(await describeOrganization(context, organizationId)));
  }
  for (const { twin, stray } of await sweepTwins(context, { isDryRun: true })) {
    const name = `${twin.name} (${twin.id} at Logto)`;
    if (stray.kind === "new") lines.push(`${name} will be taken in`);
    if (stray.kind === "orphan") lines.push(`${name} will be deleted there: it is nobody's twin`);
    if (stray.kind === "foreign") lines.push(`${name} is left alone: ${stray.reason}`);
  }
  const users = await reconcileUsers(context, { isDryRun: true });
  return [...lines, ...users.map(describeUser)];
}

const userChanges: Record<UserDifference["difference"], string> = {
  deleted: "is gone at Logto: their account will be deleted here",
  suspended: "is suspended at Logto: they will be signed out here",
  reactivated: "is not suspended at Logto any more: they will be let in here",
  profile: "has changed at Logto: so will they here",
};

/** Without their name: whoever runs this need not read it. */
const describeUser = ({ subject, difference }: UserDifference): string =>
  `${subject} ${userChanges[difference]}`;

async function describeOrganization(
  context: SyncContext,
  organizationId: string,
): Promise<string[]> {
  const here = await context.database.forOrganization(organizationId, (tx) =>
    readLocalOrganization(tx, organizationId),
  );
  if (!here) return [];
  if (here.name === null) return [`${organizationId} was removed: its twin will be deleted`];
  if (here.logtoId === null) return [`${here.name} has no twin: one will be made`];
  const comparison = await compareOrganization(
    context,
    organizationId,
    { ...here, logtoId: here.logtoId },
    { all: true, acquaints: false },
  );
  const { twin } = comparison;
  if (!twin) return [`${here.name} was deleted at Logto: its twin will be made anew`];
  return describeDifferences(comparison, here.name, twin.name);
}

function describeDifferences(
  { here, people, strangers }: Comparison,
  name: string,
  twinName: string,
): string[] {
  const lines = people.flatMap(({ person, difference }) => {
    if (difference.kind === "none") return [];
    const side = difference.kind === "outward" ? "at Logto" : "here";
    const end = difference.role === null ? "no member any more" : difference.role;
    return [`${name}: ${person.subject} will be ${end} ${side}`];
  });
  if (twinName !== name) {
    const isOurs = here.version > here.pushedVersion || here.isDeleted;
    lines.push(
      isOurs
        ? `${twinName} will be called ${name} at Logto`
        : `${name} will be called ${twinName} here`,
    );
  }
  return [...lines, ...strangers.map(({ subject }) => `${name}: ${subject} will be let in here`)];
}
