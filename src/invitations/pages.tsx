import type { Member } from "../tenancy/actor.ts";
import { requireRecentAuthentication } from "../auth/reauthentication.ts";
import { route } from "../tenancy/route.ts";
import { AppError, groupByField } from "../http/errors.ts";
import { seeOther } from "../http/reply.ts";
import { withQuery } from "../http/with-query.ts";
import type { Role } from "../access/roles.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import { closingQuery, joiningPath } from "../tenancy/way-to-join.ts";
import type { FilledForm } from "../views/form.tsx";
import type { Outcome } from "./outcomes.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { type InvitationRow, pageOfInvitations, readInvitations } from "./invitation.ts";
import { createLink, invite, resendInvitation, revokeInvitation } from "./invite.ts";
import {
  invitationParams,
  invitationsBody,
  invitationsQuery,
  linkBody,
  type Recipient,
  type RecipientLine,
} from "./schema.ts";
import { InvitationsPage } from "./views.tsx";

const invitationsPath = ({ slug }: { slug: string }) => `${organizationPath(slug)}/invitations`;

/** The pages on which the admins of an organization invite people. */
export function invitationPages({
  database,
  organizationPage,
  baseUrl,
}: PageContext & { baseUrl: string }) {
  const list = route({
    method: "GET",
    path: "/o/:slug/invitations",
    section: people,
    access: "invitation:read",
    params: organizationParams,
    query: invitationsQuery,
    statuses: [200],
    read: ({ query }) => readInvitations(query),
    handler: async ({ actor, query: { after }, rows }) => showList(actor, rows, { after }),
  });

  const create = route({
    method: "POST",
    path: "/o/:slug/invitations",
    section: people,
    access: "invitation:create",
    params: organizationParams,
    body: invitationsBody,
    limitField: "recipients",
    statuses: [200],
    async handler({ actor, body: { recipients, ...terms } }) {
      requireProof(actor, terms.role);
      const results = await inviteLines(actor, recipients, terms);
      const failed = results.filter(({ fault }) => fault !== undefined);
      const rest = failed.map(({ text }) => text).join("\n");
      const hasWorked = failed.length < results.length;
      const inviteForm = { values: { ...terms, recipients: rest }, errors: {} };
      return show(actor, { results, inviteForm }, hasWorked ? 200 : 422);
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
    statuses: [200],
    async handler({ actor, body }) {
      return showLink(
        actor,
        "A link for anyone who has it",
        await createLink(database, actor, body),
      );
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
    statuses: [200, 303, 429],
    async handler({ actor, params }) {
      try {
        const path = await resendInvitation(
          database,
          actor,
          { id: params.invitationId },
          { requireProof: (given) => requireProof(actor, given) },
        );
        if (path === null) return backToList(actor, "The invitation was sent again.");
        return await showLink(actor, "A new link; the earlier ones still work", path);
      } catch (error) {
        if (!(error instanceof AppError) || error.status !== 429) throw error;
        const results = [{ text: "Not sent again:", fault: error.message }];
        const { headers = {} } = error.options;
        return { ...(await show(actor, { results }, 429)), headers };
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
      await revokeInvitation(database, actor, { id: params.invitationId });
      const { organization } = actor;
      return seeOther(from ? joiningPath(organization) : invitationsPath(organization), {
        notice: "The invitation was withdrawn. Its links no longer work.",
      });
    },
  });

  /** Each line gets its own result: a wrong line does not keep the others from being invited. */
  async function inviteLines(
    actor: Member,
    lines: readonly RecipientLine[],
    terms: { role: Role; days: number },
  ): Promise<Outcome[]> {
    const recipients = lines.flatMap((line) => ("recipient" in line ? line.recipient : []));
    const outcomes = (await invite(database, actor, { ...terms, recipients })).values();
    return lines.map((line) => {
      if ("fault" in line) return line;
      const invited = outcomes.next().value;
      const fault =
        invited?.outcome === "already_member" ? "is already a member" : "is already invited";
      if (invited?.outcome !== "invited") return { text: line.text, fault: `${fault}.` };
      const text = describeInvited(line, invited.isMailed);
      return { text, shownOnce: baseUrl + invited.path };
    });
  }

  const showLink = (actor: Member, text: string, path: string) =>
    show(actor, { results: [{ text, shownOnce: baseUrl + path }] });

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
    const { results = [], inviteForm = blank, linkForm = blank } = shown;
    const { invitations, next } = pageOfInvitations(rows);
    return organizationPage(
      actor,
      { title: "Invitations", section: "Invitations", status },
      <InvitationsPage
        actor={actor}
        invitations={invitations}
        here={withQuery(invitationsPath(actor.organization), { after: shown.after })}
        next={next && withQuery(invitationsPath(actor.organization), { after: next })}
        results={results}
        inviteForm={inviteForm}
        linkForm={linkForm}
      />,
    );
  }

  return [list, create, link, resend, revocation];
}

function describeInvited(
  { text, recipient }: RecipientLine & { recipient: Recipient },
  isMailed: boolean,
) {
  if (isMailed) return `${text} (the mail is on its way)`;
  return recipient.kind === "email"
    ? `${text} (not mailed: this address had too many invitations today. Please send the link yourself)`
    : text;
}

const blank: FilledForm = { values: {}, errors: {} };

/** The result of a form, or the form again with its faults. */
type Shown = {
  after?: string | undefined;
  results?: readonly Outcome[];
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
