import { jitDomains, jitRoles, jitSsoConnectors } from "../people/just-in-time.ts";
import { findRoles } from "../people/organization-roles.ts";
import { listSsoConnectorsOf } from "../sso/connectors.ts";
import { presentRole } from "./organization-template.ts";
import { addLinks, type Api } from "./resource.ts";
import { presentSsoConnector } from "./sso-connectors.ts";

const jit = "/api/organizations/:id/jit";

/** Which people become members of an organization by signing up, and with which roles. */
export function addJustInTimeRoutes(api: Api): void {
  addLinks(api, {
    path: `${jit}/email-domains`,
    links: jitDomains,
    key: "emailDomains",
    find: async (queryable, organizationId) =>
      (await jitDomains.list(queryable, [organizationId])).map((emailDomain) => ({
        organizationId,
        emailDomain,
      })),
    present: (domain) => ({ tenantId: "default", ...domain }),
  });

  addLinks(api, {
    path: `${jit}/roles`,
    links: jitRoles,
    key: "organizationRoleIds",
    find: async (queryable, id) =>
      findRoles(queryable, { ids: await jitRoles.list(queryable, [id]) }),
    present: presentRole,
  });

  addLinks(api, {
    path: `${jit}/sso-connectors`,
    links: jitSsoConnectors,
    key: "ssoConnectorIds",
    find: listSsoConnectorsOf,
    present: presentSsoConnector,
  });
}
