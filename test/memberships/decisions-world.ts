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

/** A person, and the marks by which they are recognized. */
export type Known = { person: Person; email: string; handle: string; subject: string };

export type World = Awaited<ReturnType<typeof assemble>>;

/** An organization, and Ada, who is a member unless the decision is about a request to join. */
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

/** Stores the marks of a person, as a sign-in would. */
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

/** The decisions about Ada, by the name of their column. */
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

/** A person who need not be a member, for calls without HTTP. */
export const guestAt = ({ organization }: World, { person }: Known) => ({
  user: person,
  organization,
  request: null,
});

/** Uses the prepared grant as Ada, or as her account after the decision. */
export type Use = (as: Known) => Promise<unknown>;

/** Prepares a grant of the role admin, before or after the decision. */
export type Prepare = (world: World) => Promise<Use>;

/** The rows and columns that a feature adds to the tables, by name. */
export type Ways = {
  older?: Record<string, Prepare>;
  newer?: Record<string, Prepare>;
  decisions?: Record<string, Decide>;
};

/** The person is an admin at Logto now: by a sign-in page, or by the Console. */
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
      // Logto adds no present member.
      if (bySignIn && here.role !== null && !here.isSuspended) return;
      const atLogto = { isMember: true, role: "admin" as const, otherRoles: [] };
      const difference = compareMembership({ ...here, isPending: false }, atLogto, {
        isDeleted: false,
      });
      if (difference.kind === "inward") {
        await applyChange(database, organizationId, here, difference.role);
      }
    });

/** Uses the grant with another account of the same person. */
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

/** The rows and columns of no feature. */
export const logtoWays: Ways = {
  older: { "just-in-time provisioning at Logto": byLogto(true) },
  newer: { "added in Logto's Console": byLogto(false) },
  decisions: ownDecisions,
};

/** The membership of a person after all that. */
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

/** Uses a grant, which may be refused. @returns its own answer, or the outcome for the person who used it */
export async function tryWay(world: World, use: Use, as: Known): Promise<string> {
  const said = await use(as).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
  });
  const isTold = typeof said === "string" && /^(spent|connected|asks|out|admin)$/.test(said);
  return isTold ? said : readOutcome(world, as);
}
