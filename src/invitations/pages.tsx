import type { Member } from "../tenancy/actor.ts";
import { requireRecentAuthentication } from "../auth/reauthentication.ts";
import { route } from "../tenancy/route.ts";
import { AppError, groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { withQuery } from "../http/with-query.ts";
import type { Role } from "../access/roles.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import { closingQuery, joiningPath } from "../tenancy/way-to-join.ts";
import type { FilledForm } from "../views/form.tsx";
import { roleWithArticle } from "../views/role-badge.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { type InvitationRow, pageOfInvitations, readInvitations } from "./invitation.ts";
import { createLink, invite, type Invited, resendInvitation, revokeInvitation } from "./invite.ts";
import { createReceipts, type Receipt } from "./receipt.ts";
import {
  invitationParams,
  invitationsBody,
  invitationsQuery,
  linkBody,
  type Recipient,
} from "./schema.ts";
import { InvitationsPage } from "./views.tsx";

const invitationsPath = ({ slug }: { slug: string }) => `${organizationPath(slug)}/invitations`;

/** The pages on which the admins of an organization invite people. */
export function invitationPages({
  database,
  organizationPage,
  baseUrl,
}: PageContext & { baseUrl: string }) {
  const receipts = createReceipts(database, baseUrl);

  const list = route({
    method: "GET",
    path: "/o/:slug/invitations",
    section: people,
    access: "invitation:read",
    params: organizationParams,
    query: invitationsQuery,
    statuses: [200],
    read: ({ query }) => readInvitations(query),
    handler: async ({ actor, query: { after }, rows }, ctx) =>
      showList(actor, rows, { after, receipt: await receipts.take(ctx, actor) }),
  });

  const create = route({
    method: "POST",
    path: "/o/:slug/invitations",
    section: people,
    access: "invitation:create",
    params: organizationParams,
    body: invitationsBody,
    limitField: "recipients",
    statuses: [303],
    async handler({ actor, body }, ctx) {
      requireProof(actor, body.role);
      const { recipients } = body;
      const results = await invite(database, actor, body);
      const receipt = describeInvited(recipients, results, baseUrl);
      if (receipt.links.length > 0) return showOnce(ctx, actor, receipt);
      const addresses = recipients.map(({ address }) => address).join("\n");
      const inviteForm = {
        values: { ...body, recipients: addresses },
        errors: { recipients: receipt.others },
      };
      return show(actor, { inviteForm }, 422);
    },
    invalid: ({ actor, values, issues }) =>
      show(actor, { inviteForm: { values, errors: groupByField(issues) } }, 422),
  });

  const link = route({
    method: "POST",
    path: "/o/:slug/invitation-links",
    section: people,
    access: "invitation:create",
    params: organizationParams,
    body: linkBody,
    limitField: "maxUses",
    statuses: [303],
    async handler({ actor, body }, ctx) {
      const path = await createLink(database, actor, body);
      const note = `Anyone with it can join as ${roleWithArticle(body.role)}.`;
      return showOnce(ctx, actor, describeLink("Invite link created", null, note, path));
    },
    invalid: ({ actor, values, issues }) =>
      show(actor, { linkForm: { values, errors: groupByField(issues) } }, 422),
  });

  const resend = route({
    method: "POST",
    path: "/o/:slug/invitations/:invitationId/resend",
    section: people,
    access: "invitation:create",
    params: invitationParams,
    statuses: [303, 429],
    async handler({ actor, params }, ctx) {
      try {
        const { recipient, path } = await resendInvitation(
          database,
          actor,
          { id: params.invitationId },
          { requireProof: (given) => requireProof(actor, given) },
        );
        if (path === null)
          return backToList(actor, `The invitation to ${recipient} was sent again.`);
        const note = "The earlier links still work.";
        return await showOnce(ctx, actor, describeLink("New link created", recipient, note, path));
      } catch (error) {
        if (!(error instanceof AppError) || error.status !== 429) throw error;
        const { headers = {} } = error.options;
        return { ...(await show(actor, { problem: error.message }, 429)), headers };
      }
    },
  });

  const revocation = route({
    method: "POST",
    path: "/o/:slug/invitations/:invitationId/revocation",
    access: "invitation:revoke",
    params: invitationParams,
    query: closingQuery,
    statuses: [303],
    async handler({ actor, params, query: { from } }) {
      const recipient = await revokeInvitation(database, actor, { id: params.invitationId });
      const { organization } = actor;
      return seeOther(from ? joiningPath(organization) : invitationsPath(organization), {
        notice:
          recipient === null
            ? "The invite link was turned off."
            : `The invitation to ${recipient} was withdrawn.`,
      });
    },
  });

  const describeLink = (title: string, recipient: string | null, note: string, path: string) => ({
    title,
    links: [{ label: recipient ?? "Invite link", note, href: baseUrl + path }],
    others: [],
  });

  async function showOnce(ctx: RouteContext, actor: Member, receipt: Receipt) {
    await receipts.keep(ctx, actor, receipt);
    return seeOther(invitationsPath(actor.organization));
  }

  async function show(actor: Member, shown: Shown, status = 200) {
    const rows = await database.readOrganization<InvitationRow>(
      actor.organization.id,
      readInvitations({}),
    );
    return showList(actor, rows, shown, status);
  }

  function showList(
    actor: Member,
    rows: readonly InvitationRow[],
    shown: Shown = {},
    status = 200,
  ) {
    const { receipt = null, problem, inviteForm = blank, linkForm = blank } = shown;
    const { invitations, next } = pageOfInvitations(rows);
    return organizationPage(
      actor,
      { title: "Invitations", section: "Invitations", status },
      <InvitationsPage
        actor={actor}
        invitations={invitations}
        here={withQuery(invitationsPath(actor.organization), { after: shown.after })}
        next={next && withQuery(invitationsPath(actor.organization), { after: next })}
        receipt={receipt}
        problem={problem}
        inviteForm={inviteForm}
        linkForm={linkForm}
      />,
    );
  }

  return [list, create, link, resend, revocation];
}

/** Describes the result for each recipient, with the links of those who were invited. */
function describeInvited(
  recipients: readonly Recipient[],
  results: readonly Invited[],
  baseUrl: string,
): Receipt {
  const links: Receipt["links"] = [];
  const others: string[] = [];
  for (const [index, { address: label, kind }] of recipients.entries()) {
    const result = results[index];
    if (result?.outcome === "invited") {
      const note = kind === "email" ? notes[result.isMailed ? "mailed" : "unmailed"] : notes.link;
      links.push({ label, note, href: baseUrl + result.path });
    } else {
      const isMember = result?.outcome === "already_member";
      others.push(`${label} is already ${isMember ? "a member" : "invited"}.`);
    }
  }
  const title = links.length === 1 ? "1 person invited" : `${links.length} people invited`;
  return { title, links, others };
}

const notes = {
  mailed: "We are emailing this invitation.",
  unmailed: "Not emailed: this address had too many invitations today. Send the link yourself.",
  link: "Send this link yourself.",
};

const blank: FilledForm = { values: {}, errors: {} };

/** The result of a form, or the form again with its faults. */
type Shown = {
  after?: string | undefined;
  receipt?: Receipt | null;
  problem?: string;
  inviteForm?: FilledForm;
  linkForm?: FilledForm;
};

/** Inviting an owner requires what making a member an owner requires: a stolen session is not enough. */
function requireProof(actor: Member, role: Role): void {
  if (role !== "owner" || actor.role !== "owner") return;
  requireRecentAuthentication(actor, invitationsPath(actor.organization));
}

const backToList = ({ organization }: Member, notice: string) =>
  seeOther(invitationsPath(organization), { notice });
