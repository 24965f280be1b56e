import { randomUUID } from "node:crypto";

import { createLink, invite } from "../../src/invitations/invite.ts";
import type { Guest } from "../../src/tenancy/change-as.ts";
import type { Role } from "../../src/access/roles.ts";
import { actorIn } from "../support/acting.ts";
import type { Agent, Organization, RunningApplication } from "../support/application.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { readEvents, readRole } from "../support/world.ts";
import { arrive, assembleColleagues, type Colleague } from "../support/colleagues.ts";

export type World = Awaited<ReturnType<typeof assemble>>;

type Terms = { by?: Colleague; role?: Role };

/** An organization with a member of each role, an outsider, and the path of its invitations. */
export async function assemble(application: RunningApplication) {
  const colleagues = await assembleColleagues(application);
  const { organization, people } = colleagues;
  const { database, query } = application;
  const path = `/o/${organization.slug}`;
  const open = async (opened: string) => {
    const [newest] = await query<{ id: string }>(
      "select id from invitations where organization_id = $1 order by id desc limit 1",
      [organization.id],
    );
    return describeOpened(application, newest?.id ?? "", findTokens(opened)[0]);
  };
  return {
    ...colleagues,
    path,
    list: `${path}/invitations`,
    /** Invites one person, past HTTP: an address, or a name as `@ada`. */
    async invite(address: string, { by = people.owner, role = "member" }: Terms = {}) {
      const kind = address.startsWith("@") ? "hugging_face" : "email";
      const recipients = [{ kind, address }] as const;
      const wish = { recipients, role, days: 7 };
      const [invited] = await invite(database, actorIn(by.person, organization), wish);
      if (invited?.outcome !== "invited") throw new Error(`${address}: ${invited?.outcome}`);
      return open(invited.path);
    },
    /** Makes a link, past HTTP. */
    async link({ by = people.owner, ...terms }: Terms & LinkTerms = {}) {
      const wish = { role: "member" as const, days: 7, maxUses: null, domains: [], ...terms };
      return open(await createLink(database, actorIn(by.person, organization), wish));
    },
    /** The invitations, the oldest first. */
    readInvitations: () =>
      query<InvitationRow>("select * from invitations where organization_id = $1 order by id", [
        organization.id,
      ]),
    /** Presses a button of an invitation in the list. */
    press: (
      { agent }: Pick<Colleague, "agent">,
      { id }: { id: string },
      act: "resend" | "revocation",
    ) => agent.post(`${path}/invitations/${id}/${act}`),
    readEvents: (action: string) => readEvents(application, organization, action),
    readRole: ({ person }: Pick<Colleague, "person">) =>
      readRole(application, organization, person),
    readEverything: () => readEverythingOf(application, organization),
  };
}

type LinkTerms = { maxUses?: number | null; domains?: string[] };

export type Opened = ReturnType<typeof describeOpened>;

/** An invitation and its token. */
export function describeOpened({ query }: RunningApplication, id: string, token = "") {
  return {
    id,
    token,
    async readStatus(): Promise<string> {
      const [row] = await query<{ status: string }>(
        "select status from invitations where id = $1",
        [id],
      );
      return row?.status ?? "none";
    },
    /** Lets time pass for the invitation; the time is an SQL interval. */
    letPass: (time: string) =>
      query(
        `update invitations
            set expires_at = expires_at - $2::interval, created_at = created_at - $2::interval,
                closed_at = closed_at - $2::interval, mail_requested_at = mail_requested_at - $2::interval
          where id = $1`,
        [id, time],
      ),
    /** Makes it older, as an organization has a limit for each minute. */
    letAge: () =>
      query("update invitations set created_at = created_at - interval '2 minutes' where id = $1", [
        id,
      ]),
  };
}

/** An address that nobody else has. */
export const inventEmail = (name = "ada") => `${name}-${randomUUID().slice(0, 8)}@example.com`;

/** The proofs of a person; they have none of the kinds that are left out. */
type Proofs = { email?: string; isVerified?: boolean; handle?: string; subject?: string };

/** A new person without an organization, signed in, with proofs as a sign-in stores them. */
export async function arriveWith(
  application: RunningApplication,
  { email, isVerified = true, handle, subject = randomUUID() }: Proofs = {},
): Promise<Colleague> {
  const colleague = await arrive(application);
  const { id } = colleague.person;
  if (email !== undefined) {
    await application.query("update users set email = $1, email_verified = $2 where id = $3", [
      email,
      isVerified,
      id,
    ]);
  }
  if (handle !== undefined) {
    await application.query(
      "insert into identities (user_id, provider, subject, handle) values ($1, 'huggingface', $2, $3)",
      [id, subject, handle],
    );
  }
  return colleague;
}

/** A person who may not belong to the organization, for calls past HTTP. */
export const guestAt = ({ id }: Organization, { person }: Colleague): Guest => ({
  user: { id: person.id },
  organization: { id },
  request: null,
});

/** An organization, and Ada, who is invited to it by her email address. */
export async function inviteAda(
  application: RunningApplication,
  { isVerified = true, ...terms }: Terms & Pick<Proofs, "isVerified"> = {},
) {
  const world = await assemble(application);
  const email = inventEmail();
  const invitation = await world.invite(email, terms);
  const ada = await arriveWith(application, { email, isVerified });
  return { world, email, invitation, token: invitation.token, ada };
}

/** The tokens in the addresses that a text has in it. */
export const findTokens = (text: string): string[] =>
  [...text.matchAll(/\/invitations\/([\w-]{43})(?![\w-])/g)].map(([, token = ""]) => token);

/** Invites by the form of the page, and opens the page to which it leads. */
export const inviteByForm = (
  agent: Agent,
  { list }: World,
  recipients: string,
  terms: { role?: string; days?: string } = {},
) =>
  agent
    .post(list)
    .type("form")
    .send({ recipients, role: "member", days: "7", ...terms })
    .redirects(1);

export const linkByForm = (agent: Agent, { path }: World, fields: Record<string, string> = {}) =>
  agent
    .post(`${path}/invitation-links`)
    .type("form")
    .send({ role: "member", days: "7", maxUses: "", domains: "", ...fields })
    .redirects(1);

/** Presses a button of the invitation's page. */
export const answerBy = (
  { agent, person }: Colleague,
  token: string,
  act: "acceptance" | "rejection" | "request" = "acceptance",
) => agent.post(`/invitations/${token}/${act}?account=${person.id}`);

/** Asks again while the application is too busy, as its answer says: 20 requests are many for five connections. */
export async function insist<Answer extends { status: number }>(
  ask: () => PromiseLike<Answer>,
): Promise<Answer> {
  const answer = await ask();
  return answer.status === 503 ? insist(ask) : answer;
}

export const openBy = ({ agent }: { agent: Agent }, token: string) =>
  agent.get(`/invitations/${token}`);

export type InvitationRow = {
  id: string;
  kind: string;
  status: string;
  role: Role;
  email: string | null;
  handle: string | null;
  subject: string | null;
  uses: number;
  accepter_id: string | null;
  inviter_id: string | null;
  expires_at: Date;
};

/** An answer without the id of its request. */
export const describeAnswer = ({
  status,
  text,
  headers,
}: {
  status: number;
  text: string;
  headers: Record<string, string>;
}) => ({ status, text: text.replaceAll(headers["x-request-id"] ?? "-", "") });
