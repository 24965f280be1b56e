import type { Role } from "../access/roles.ts";
import type { TenantDatabase } from "../database/database.ts";
import { AppError, httpError } from "../http/errors.ts";
import { displayName } from "../identity/display-name.ts";
import type { Member } from "../tenancy/actor.ts";
import { roleWithArticle } from "../views/role-badge.tsx";
import { removeMember, suspendMember } from "./member.ts";
import { type MemberName, readNames } from "./member-list.ts";
import type { SelectionAct } from "./schema.ts";
import {
  changeRoleAfterReauthentication,
  reinstateAfterReauthentication,
} from "./sensitive-changes.ts";

const gone = "no longer a member";

/** Why a member stays as they were. Any other error ends the whole request. */
const reasons: Readonly<Record<string, string>> = {
  "request.not_found": gone,
  "member.last_owner": "the only owner",
  "member.owner_untouchable": "an owner",
  "member.yourself": "yourself",
  "member.role_above_own": "you may not give that role",
  "auth.reauthentication_required": "an owner: use Manage",
};

type Selection = { userIds: readonly string[]; act: SelectionAct; role: Role };
type Done = { act: "role"; role: Role } | { act: Exclude<SelectionAct, "role"> };

/**
 * Does one act to several members, one transaction after the other: a member whom it cannot be done to does not stop the rest.
 *
 * @returns a notice that names the people
 * @throws request.not_found when none of them is a member; request.not_permitted
 */
export async function actOnSelection(
  database: TenantDatabase,
  actor: Member,
  { userIds, act, role }: Selection,
): Promise<string> {
  const members = await database.readOrganization<MemberName>(
    actor.organization.id,
    readNames(userIds),
  );
  if (members.length === 0) throw httpError("request.not_found");
  const done: string[] = [];
  const refused: string[] = [];
  let isGone = true;
  for (const member of members) {
    const reason = await refusalOf(() =>
      run(database, actor, act, { userId: member.userId, role }),
    );
    isGone &&= reason === gone;
    const name = shorten(displayName(member));
    if (reason === null) done.push(name);
    else refused.push(`${name} (${reason}).`);
  }
  // All of them at once: then it is the actor who is no longer a member.
  if (isGone) throw httpError("request.not_found");
  return describeResults(done, refused, describeAct({ act, role }));
}

function run(
  database: TenantDatabase,
  actor: Member,
  act: SelectionAct,
  member: { userId: string; role: Role },
): Promise<void> {
  if (act === "role") return changeRoleAfterReauthentication(database, actor, member);
  if (act === "suspend") return suspendMember(database, actor, member);
  if (act === "restore") return reinstateAfterReauthentication(database, actor, member);
  return removeMember(database, actor, member);
}

/** @returns null if the act was done */
async function refusalOf(act: () => Promise<void>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    const reason = error instanceof AppError ? reasons[error.code] : undefined;
    if (reason === undefined) throw error;
    return reason;
  }
}

/** A notice is kept in a cookie of limited size (sessions/notices.ts): it names this many people of each kind. */
const namedPeople = 3;
const longestName = 20;

function shorten(name: string): string {
  const letters = Array.from(name);
  return letters.length > longestName ? `${letters.slice(0, longestName - 1).join("")}…` : name;
}

/** Says what an act has done to one person, and to several. */
function describeAct(done: Done): { one: string; many: string } {
  const { act } = done;
  if (act === "role") {
    return { one: `is now ${roleWithArticle(done.role)}`, many: `are now ${done.role}s` };
  }
  if (act === "suspend") return { one: "is suspended", many: "are suspended" };
  if (act === "restore") return { one: "has access again", many: "have access again" };
  return { one: "was removed", many: "were removed" };
}

/** The notice of an act on one member. */
export function describeOne([member]: readonly MemberName[], done: Done): string {
  return `${displayName(member ?? {})} ${describeAct(done).one}.`;
}

function describeResults(
  done: readonly string[],
  refused: readonly string[],
  { one, many }: { one: string; many: string },
): string {
  const names =
    done.length > namedPeople
      ? [...done.slice(0, namedPeople), `${done.length - namedPeople} more`]
      : done;
  const list = new Intl.ListFormat("en").format(names);
  const sentences = [
    ...(done.length > 0 ? [`${list} ${done.length === 1 ? one : many}.`] : []),
    ...(refused.length > 0 ? ["Not changed:"] : []),
    ...refused.slice(0, namedPeople),
    ...(refused.length > namedPeople ? [`${refused.length - namedPeople} more.`] : []),
  ];
  return sentences.join(" ");
}
