import { z } from "zod";
import { jitDomains, jitRoles, jitSsoConnectors } from "../people/just-in-time.ts";
import { findRoles } from "../people/organization-roles.ts";
import { listSsoConnectorsOf } from "../sso/connectors.ts";
import { notFound, translateSqlState } from "./errors.ts";
import { readInput } from "./input.ts";
import { presentRole } from "./organization-template.ts";
import { addLinks, type Api, param } from "./resource.ts";
import { presentSsoConnector } from "./sso-connectors.ts";

const domainSchema = z.object({ emailDomain: z.string().min(1) });
const domainsSchema = z.object({ emailDomains: z.array(z.string().min(1)) });

const jit = "/api/organizations/:id/jit";
const domains = `${jit}/email-domains`;

/** Which people become members of an organization by signing up, and with which roles. */
export function addJustInTimeRoutes(api: Api): void {
  const { router, sql } = api;
  router.get(domains, async (ctx) => {
    const id = param(ctx, "id");
    ctx.body = (await jitDomains.list(sql, [id])).map((domain) => presentDomain(id, domain));
  });

  router.post(domains, async (ctx) => {
    const id = param(ctx, "id");
    const { emailDomain } = await readInput(ctx, domainSchema);
    const added = await jitDomains.add(sql, [id], [emailDomain]);
    if (added.length === 0) throw translateSqlState("23505", "") ?? notFound();
    ctx.status = 201;
    ctx.body = presentDomain(id, emailDomain);
  });

  router.put(domains, async (ctx) => {
    const { emailDomains } = await readInput(ctx, domainsSchema);
    await sql.begin((transaction) =>
      jitDomains.replace(transaction, [param(ctx, "id")], emailDomains),
    );
    ctx.status = 204;
  });

  router.delete(`${domains}/:domain`, async (ctx) => {
    const isRemoved = await jitDomains.remove(sql, [param(ctx, "id")], param(ctx, "domain"));
    if (!isRemoved) throw notFound();
    ctx.status = 204;
  });

  addLinks(api, {
    path: `${jit}/roles`,
    links: jitRoles,
    key: "organizationRoleIds",
    itemParam: "roleId",
    find: async (queryable, id) =>
      findRoles(queryable, { ids: await jitRoles.list(queryable, [id]) }),
    present: presentRole,
  });

  addLinks(api, {
    path: `${jit}/sso-connectors`,
    links: jitSsoConnectors,
    key: "ssoConnectorIds",
    itemParam: "ssoConnectorId",
    find: listSsoConnectorsOf,
    present: presentSsoConnector,
  });
}

const presentDomain = (organizationId: string, emailDomain: string) => ({
  tenantId: "default",
  organizationId,
  emailDomain,
});
