import { randomUUID } from "node:crypto";

import { joinByAddress, joinBySigningIn } from "../../src/email-domains/joining.ts";
import { createSealers } from "../../src/hugging-face/authorization.ts";
import { readDecidedAt } from "../../src/hugging-face/connection.ts";
import { followHuggingFace } from "../../src/hugging-face/following.ts";
import { joinByHuggingFace } from "../../src/hugging-face/joining.ts";
import { acceptInvitation, invitationOrigin } from "../../src/invitations/answer.ts";
import { createLink, invite } from "../../src/invitations/invite.ts";
import { approveRequest, refuseRequest } from "../../src/join-requests/join-request.ts";
import { applyChange } from "../../src/logto/apply-change.ts";
import { compareMembership } from "../../src/logto/compare.ts";
import { listLocalPeople } from "../../src/logto/local-state.ts";
import {
  changeRole,
  leaveOrganization,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import { tryDeletion } from "../account/deletion-world.ts";
import { actorIn, attempt } from "../support/acting.ts";
import type { Person, RunningApplication } from "../support/application.ts";
import { connectHuggingFace, inventSubject, placeAt } from "../support/hugging-face.ts";
import { askToJoin, openOrigin } from "../support/join-requests.ts";

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
    subject: inventSubject(),
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

type Decide = (world: World) => Promise<unknown>;

/** What is decided about Ada, by the name of its column. */
export const decisions: Record<string, Decide> = {
  removed: ({ application: { database }, actor, ada }) =>
    removeMember(database, actor, { userId: ada.person.id }),
  left: ({ application: { database }, organization, ada }) =>
    leaveOrganization(database, actorIn(ada.person, organization)),
  refused: async ({ application, actor, organization, ada }) => {
    await askToJoin(application, organization, ada.person);
    const [request] = await application.query<{ id: string }>(
      "select id from join_requests where user_id = $1 and status = 'pending'",
      [ada.person.id],
    );
    await refuseRequest(application.database, actor, { id: request?.id ?? "" });
  },
  demoted: ({ application: { database }, actor, ada }) =>
    changeRole(database, actor, { userId: ada.person.id, role: "viewer" }),
  suspended: ({ application: { database }, actor, ada }) =>
    suspendMember(database, actor, { userId: ada.person.id }),
  "account deleted": ({ application, ada }) => tryDeletion(application, ada.person),
};

const guest = ({ organization }: World, { person }: Known) => ({
  user: person,
  organization,
  request: null,
});

/** Uses what was prepared, as somebody: Ada, or whoever she is after the decision. */
type Use = (as: Known) => Promise<unknown>;

/** Prepares a way that gives the role of an admin, before or after the decision. */
type Prepare = (world: World) => Promise<Use>;

const byLink: Prepare = async (world) => {
  const { application, actor } = world;
  const terms = { role: "admin", days: 7, maxUses: null, domains: [] } as const;
  await createLink(application.database, actor, terms);
  return useNewest(world);
};

const byInvitation = async (world: World, kind: "email" | "hugging_face", address: string) => {
  const { application, actor } = world;
  const recipients = [{ kind, address }];
  await invite(application.database, actor, { recipients, role: "admin", days: 7 });
  return useNewest(world);
};

async function useNewest(world: World): Promise<Use> {
  const { application, organization } = world;
  const [newest] = await application.query<{ id: string }>(
    "select id from invitations where organization_id = $1 order by id desc limit 1",
    [organization.id],
  );
  return (as) => acceptInvitation(application.database, guest(world, as), newest?.id ?? "");
}

const byDomain =
  (mode: "offer" | "automatic"): Prepare =>
  async (world) => {
    const { application, organization, domain } = world;
    await application.query(
      `insert into email_domains (organization_id, domain, challenge, mode, role, verified_at)
       values ($1, $2, 'a challenge', $3::join_mode, 'admin', now())`,
      [organization.id, domain, mode],
    );
    return async (as) => {
      const { database } = application;
      if (mode === "automatic") await joinBySigningIn(database, guest(world, as), { domain });
      await joinByAddress(database, guest(world, as), { domain });
    };
  };

const byHuggingFace =
  (mode: "offer" | "automatic"): Prepare =>
  async (world) => {
    const { application, organization } = world;
    const rules = { mode, writeRole: "admin" as const };
    const subject = await connectHuggingFace(application, organization, rules);
    return async (as) => {
      const { database } = application;
      await know(application, as, [placeAt(subject)]);
      if (mode === "automatic") await signIn(world, as);
      await joinByHuggingFace(database, guest(world, as), { subject });
    };
  };

const signIn = ({ application }: World, { person }: Known) =>
  followHuggingFace(application.database)(person, {
    id: "request",
    ip: "192.0.2.1",
    userAgent: "",
  });

/** They came by Hugging Face as a viewer, were made a member by hand, and have a stronger role there now. */
const byRoleThere: Prepare = async (world) => {
  const { application, organization, ada } = world;
  const rules = { mode: "request", writeRole: "admin" } as const;
  const subject = await connectHuggingFace(application, organization, rules);
  await application.query(
    `insert into hugging_face_memberships (organization_id, user_id, connection_subject, granted_role)
     select organization_id, user_id, $3, 'viewer' from memberships where organization_id = $1 and user_id = $2`,
    [organization.id, ada.person.id, subject],
  );
  return async (as) => {
    await know(application, as, [placeAt(subject)]);
    await signIn(world, as);
  };
};

const byRequest: Prepare = async (world) => {
  const { application, organization, actor, ada } = world;
  await askToJoin(application, organization, ada.person);
  const [request] = await application.query<{ id: string }>(
    "select id from join_requests where user_id = $1 order by id desc limit 1",
    [ada.person.id],
  );
  await application.query("update join_requests set role = 'admin' where id = $1", [request?.id]);
  return () =>
    approveRequest(application.database, actor, { id: request?.id ?? "" }, [
      openOrigin,
      invitationOrigin,
    ]);
};

/** As {@link byRequest}, for whoever she is now. */
const byNewRequest: Prepare = (world) =>
  Promise.resolve(async (as) => (await byRequest({ ...world, ada: as }))(as));

/** What Hugging Face said in a browser before the decision, and an admin again. */
const bySealedChoice: Prepare = async (world) => {
  const { application, organization, ada } = world;
  const started = { organizationId: organization.id, userId: ada.person.id };
  const decidedAt = await application.database.forOrganization(organization.id, (tx) =>
    readDecidedAt(tx, started),
  );
  const chosen = { subject: inventSubject(), handle: "orbital-works", name: "Orbital Works" };
  const { choices } = createSealers(application.config.sessions.secrets);
  const choice = await choices.seal({ ...started, decidedAt, ...chosen });
  return async ({ person }) => {
    await application.query(
      `insert into memberships (organization_id, user_id, role, updated_at) values ($1, $2, 'admin', now())
       on conflict (organization_id, user_id) do update set role = 'admin', suspended_at = null`,
      [organization.id, person.id],
    );
    const agent = await application.signInAs(person);
    const answer = await agent
      .post(`/o/${organization.slug}/hugging-face`)
      .type("form")
      .send({ choice });
    return answer.status === 303 ? "connected" : "spent";
  };
};

/** Somebody is there as an admin now: let in by a sign-in page of Logto, or by its Console. */
const byLogto =
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
const byAnother =
  (prepare: Prepare): Prepare =>
  async (world) => {
    const use = await prepare(world);
    return async () => {
      const another = await comeAnew(world);
      await attempt(use(another));
      return readOutcome(world, another);
    };
  };

/** To what is theirs, before anybody knew so: a member is not invited. */
const byOldMark =
  (kind: "email" | "hugging_face"): Prepare =>
  async (world) => {
    const { application, ada } = world;
    await know(application, { ...ada, email: "another@old.example", handle: "another" });
    const use = await byInvitation(world, kind, kind === "email" ? ada.email : `@${ada.handle}`);
    await know(application, ada);
    return use;
  };

/** The ways, by the names of their rows. */
export const olderWays: Record<string, Prepare> = {
  "a link": byLink,
  "an invitation to their address": byOldMark("email"),
  "an invitation to their Hugging Face name": byOldMark("hugging_face"),
  "an e-mail domain, mode `offer`": byDomain("offer"),
  "an e-mail domain, mode `automatic`": byDomain("automatic"),
  "a Hugging Face organization, mode `offer`": byHuggingFace("offer"),
  "a Hugging Face organization, mode `automatic`": byHuggingFace("automatic"),
  "a stronger role at Hugging Face": byRoleThere,
  "a request to join, approved afterwards": byRequest,
  "a choice sealed before, as an admin again": bySealedChoice,
  "just-in-time provisioning at Logto": byLogto(true),
  "another account of theirs, by a link": byAnother(byLink),
  "another account of theirs, by an e-mail domain": byAnother(byDomain("automatic")),
  "another account of theirs, by Hugging Face": byAnother(byHuggingFace("automatic")),
};

/** To an address, or a name, that turns out to be theirs: a member is not invited. */
const byNewMark =
  (kind: "email" | "hugging_face"): Prepare =>
  async (world) => {
    const fresh = randomUUID().slice(0, 8);
    const mark = kind === "email" ? { email: `${fresh}@new.example` } : { handle: fresh };
    const use = await byInvitation(world, kind, mark.email ?? `@${fresh}`);
    return async (as) => {
      const known = { ...as, ...mark };
      await know(world.application, known);
      await use(known);
    };
  };

export const newerWays: Record<string, Prepare> = {
  "a link": byLink,
  "an invitation to their address": byNewMark("email"),
  "an invitation to their Hugging Face name": byNewMark("hugging_face"),
  "a request to join, approved": byNewRequest,
  "added in Logto's Console": byLogto(false),
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
  let said: unknown;
  await attempt(
    use(as).then((value) => {
      said = value;
    }),
  );
  const isTold = typeof said === "string" && /^(spent|connected|asks|out|admin)$/.test(said);
  return isTold ? String(said) : readOutcome(world, as);
}
