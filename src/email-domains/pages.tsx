import type { Member } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { AppError, groupByField } from "../http/errors.ts";
import { limitEach } from "../http/rate-limit.ts";
import { seeOther } from "../http/reply.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { people } from "../tenancy/people.ts";
import { closingQuery, joiningPath } from "../tenancy/way-to-join.ts";
import type { FilledForm } from "../views/form.tsx";
import { organizationPath } from "../access/organization-path.ts";
import type { DomainResult } from "./domain-view.tsx";
import {
  changeRules,
  claimDomain,
  type EmailDomain,
  readEmailDomains,
  removeDomain,
  verifyDomain,
} from "./email-domain.ts";
import { leadToOwnRequests } from "../join-requests/own-requests.ts";
import { joinByAddress } from "./joining.ts";
import { claims, lookups } from "./limits.ts";
import { claimBody, emailDomainParams, joiningParams, rulesBody } from "./schema.ts";
import type { ResolveTxt } from "./txt-record.ts";
import { EmailDomainsPage } from "./views.tsx";

/** The page of an organization's domains with its forms, and the route by which people join. */
export function emailDomainPages(
  { database, organizationPage }: PageContext,
  resolveTxt: ResolveTxt,
) {
  const countLookup = limitEach(lookups);

  const list = route({
    method: "GET",
    path: "/o/:slug/email-domains",
    section: people,
    access: "email-domain:update",
    params: organizationParams,
    statuses: [200],
    read: readEmailDomains,
    handler: async ({ actor, rows }) => showList(actor, rows),
  });

  const claim = route({
    method: "POST",
    path: "/o/:slug/email-domains",
    section: people,
    access: "email-domain:update",
    params: organizationParams,
    body: claimBody,
    limits: [claims],
    limitField: "domain",
    statuses: [303],
    async handler({ actor, body }) {
      try {
        await claimDomain(database, actor, body);
      } catch (error) {
        if (!(error instanceof AppError) || !error.code.startsWith("email_domain.")) throw error;
        return showAgain(actor, { form: { values: body, errors: { domain: [error.message] } } });
      }
      return backToList(actor, `${body.domain} was added. Create its DNS record next.`);
    },
    invalid: ({ actor, values, issues }) =>
      showAgain(actor, { form: { values, errors: groupByField(issues) } }),
  });

  const verification = route({
    method: "POST",
    path: "/o/:slug/email-domains/:domain/verification",
    section: people,
    access: "email-domain:update",
    params: emailDomainParams,
    statuses: [303, 422, 503],
    async handler({ actor, params: { domain } }) {
      const options = { resolveTxt, countLookup };
      const finding = await verifyDomain(database, actor, { domain }, options);
      return finding === "found"
        ? backToList(actor, `${domain} is verified. People with an address there can join now.`)
        : showAgain(actor, { result: { domain, finding } });
    },
  });

  const rules = route({
    method: "POST",
    path: "/o/:slug/email-domains/:domain/rules",
    section: people,
    access: "email-domain:update",
    params: emailDomainParams,
    body: rulesBody,
    statuses: [303],
    async handler({ actor, params: { domain }, body }) {
      await changeRules(database, actor, { domain, ...body });
      return backToList(actor, `The rules for ${domain} were saved.`);
    },
    invalid: ({ actor, params: { domain }, values, issues }) =>
      showAgain(actor, { result: { domain, form: { values, errors: groupByField(issues) } } }),
  });

  const removal = route({
    method: "POST",
    path: "/o/:slug/email-domains/:domain/removal",
    access: "email-domain:update",
    params: emailDomainParams,
    query: closingQuery,
    statuses: [303],
    async handler({ actor, params: { domain }, query: { from } }) {
      await removeDomain(database, actor, { domain });
      const notice = `${domain} was removed. People who joined through it stay members.`;
      return from
        ? seeOther(joiningPath(actor.organization), { notice })
        : backToList(actor, notice);
    },
  });

  const joining = route({
    method: "POST",
    path: "/organizations/:organizationId/email-domains/:domain/joining",
    access: "signed-in",
    params: joiningParams,
    query: accountQuery,
    statuses: [303],
    async handler({ actor, params: { organizationId, domain }, query }) {
      requireSameAccount(actor, query, "/organizations");
      const guest = { ...actor, organization: { id: organizationId } };
      const joined = await joinByAddress(database, guest, { domain });
      return joined ? seeOther(organizationPath(joined.slug)) : leadToOwnRequests();
    },
  });

  async function showAgain(actor: Member, shown: Shown) {
    const { id } = actor.organization;
    return showList(actor, await database.readOrganization(id, readEmailDomains()), shown);
  }

  function showList(actor: Member, domains: readonly EmailDomain[], { form, result }: Shown = {}) {
    return organizationPage(
      actor,
      {
        title: "Email domains",
        section: "Joining",
        status: result?.finding === "unanswered" ? 503 : (form ?? result) ? 422 : 200,
      },
      <EmailDomainsPage actor={actor} domains={domains} form={form} result={result} />,
    );
  }

  return [list, claim, verification, rules, removal, joining];
}

/** The result of a form, or the form again with its faults; `result` is about one domain of the list. */
type Shown = {
  form?: FilledForm;
  result?: DomainResult & { domain: string };
};

const backToList = ({ organization }: Member, notice: string) =>
  seeOther(`${organizationPath(organization.slug)}/email-domains`, { notice });
