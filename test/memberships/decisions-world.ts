import { randomUUID } from "node:crypto";

import { applyChange } from "../../src/logto/sync/apply-change.ts";
import { compareMembership } from "../../src/logto/sync/compare-organization.ts";
import { listLocalPeople } from "../../src/logto/sync/local-state.ts";
import {
  changeRole,
  leaveOrganization,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import { AppError } from "../../src/http/errors.ts";
import { tryDeletion } from "../account/deletion-world.ts";
import { actorIn, attempt } from "../support/acting.ts";
import type { Person, RunningApplication } from "../support/application.ts";

/** Somebody, and by what anybody knows that it is them. */
export type Known = { person: Person; email: string; handle: string; subject: string };

export type World = Awaited<ReturnType<typeof assemble>>;

/** An organization, and somebody who belongs to it as a member unless the decision is about somebody who asks. */
export async function assemble(application: RunningApplication, decision: string) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  const domain = `acme-${randomUUID().slice(0, 8)}.example`;
  const marks = {
    email: `ada@${domain}`,
    handle: `ada-${randomUUID().slice(0, 8)}`,
    subject: randomUUID(),
  };
  const ada: Known = { ...marks, person: await application.createPerson() };
  await know(application, ada);
  if (decision !== "refused") await application.addMember(organization, ada.person, "member");
  return { application, owner, organization, domain, ada, actor: actorIn(owner, organization) };
}

/** Notes of somebody what a sign-in would. */
export async function know(
  { query }: RunningApplication,
  { person, email, handle, subject }: Known,
  places: readonly object[] = [],
): Promise<void> {
  await query("update users set email = $2, email_verified = true where id = $1", [
    person.id,
    email,
  ]);
  await query(
    `insert into identities (user_id, provider, subject, handle, organizations, confirmed_at, updated_at)
     values ($1, 'huggingface', $2, $3, $4::jsonb, now(), now())
     on conflict (user_id, provider) do update set handle = excluded.handle, organizations = excluded.organizations`,
    [person.id, subject, handle, JSON.stringify(places)],
  );
}

/** A new account of the same person. */
export async function comeAnew({ application, ada }: World): Promise<Known> {
  const anew = { ...ada, person: await application.createPerson() };
  await know(application, anew);
  return anew;
}

export type Decide = (world: World) => Promise<unknown>;

/** What is decided about Ada, by the name of its column. */
export const ownDecisions: Record<string, Decide> = {
  removed: ({ application: { database }, actor, ada }) =>
    removeMember(database, actor, { userId: ada.person.id }),
  left: ({ application: { database }, organization, ada }) =>
    leaveOrganization(database, actorIn(ada.person, organization)),
  demoted: ({ application: { database }, actor, ada }) =>
    changeRole(database, actor, { userId: ada.person.id, role: "viewer" }),
  suspended: ({ application: { database }, actor, ada }) =>
    suspendMember(database, actor, { userId: ada.person.id }),
  "account deleted": ({ application, ada }) => tryDeletion(application, ada.person),
};

/** Somebody who is not known to belong to it, past HTTP. */
export const guestAt = ({ organization }: World, { person }: Known) => ({
  user: person,
  organization,
  request: null,
});

/** Uses what was prepared, as somebody: Ada, or whoever she is after the decision. */
export type Use = (as: Known) => Promise<unknown>;

/** Prepares a way that gives the role of an admin, before or after the decision. */
export type Prepare = (world: World) => Promise<Use>;

/** What a feature adds to the table, each by the name of its row or its column. */
export type Ways = {
  older?: Record<string, Prepare>;
  newer?: Record<string, Prepare>;
  decisions?: Record<string, Decide>;
};

/** Somebody is there as an admin now: let in by a sign-in page of Logto, or by its Console. */
export const byLogto =
  (bySignIn: boolean): Prepare =>
  ({ application: { database, query }, organization: { id: organizationId } }) =>
    Promise.resolve(async ({ person: { id: userId } }) => {
      await database.unscoped.$queryRaw`
        select hint_memberships(${userId}::uuid, ${[organizationId]}::uuid[], ${bySignIn})::text`;
      const [user] = await query<{ issuer: string }>("select issuer from users where id = $1", [
        userId,
      ]);
      const key = { organizationId, issuer: user?.issuer ?? "", all: true };
      const people = await database.forOrganization(organizationId, (tx) =>
        listLocalPeople(tx, key),
      );
      const here = people.find((each) => each.userId === userId);
      if (!here) throw new Error("Nobody is noted.");
      // Logto adds nobody who is there already.
      if (bySignIn && here.role !== null && !here.isSuspended) return;
      const atLogto = { isMember: true, role: "admin" as const, otherRoles: [] };
      const difference = compareMembership({ ...here, isPending: false }, atLogto, {
        isDeleted: false,
      });
      if (difference.kind === "inward") {
        await applyChange(database, organizationId, here, difference.role);
      }
    });

/** Another account of the same person, beside the one that it was decided about. */
export const byAnother =
  (prepare: Prepare): Prepare =>
  async (world) => {
    const use = await prepare(world);
    return async () => {
      const before = await readOutcome(world, world.ada);
      const another = await comeAnew(world);
      await attempt(use(another));
      if ((await readOutcome(world, world.ada)) !== before) {
        throw new Error("That changed what Ada is.");
      }
      return readOutcome(world, another);
    };
  };

/** Those of no feature. */
export const logtoWays: Ways = {
  older: { "just-in-time provisioning at Logto": byLogto(true) },
  newer: { "added in Logto's Console": byLogto(false) },
  decisions: ownDecisions,
};

/** What somebody is after all that. */
export async function readOutcome(
  { application, organization }: World,
  { person }: Known,
): Promise<string> {
  const values = [organization.id, person.id];
  const [membership] = await application.query<{ role: string; isSuspended: boolean }>(
    `select role, suspended_at is not null as "isSuspended" from memberships
      where organization_id = $1 and user_id = $2`,
    values,
  );
  if (membership?.isSuspended) return `suspended ${membership.role}`;
  if (membership) return membership.role;
  const requests = await application.query(
    "select from join_requests where organization_id = $1 and user_id = $2 and status = 'pending'",
    values,
  );
  return requests.length > 0 ? "asks" : "out";
}

/** Uses a way, which may be refused. @returns what it says itself, or the outcome for whoever used it */
export async function tryWay(world: World, use: Use, as: Known): Promise<string> {
  const said = await use(as).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
  });
  const isTold = typeof said === "string" && /^(spent|connected|asks|out|admin)$/.test(said);
  return isTold ? said : readOutcome(world, as);
}
