import type { Role } from "../access/roles.ts";
import type { JoinMode } from "../database/generated/client.ts";
import type { WayToJoin } from "../tenancy/way-to-join.ts";

const howTheyJoin: Record<JoinMode, string> = {
  request: "People with a verified address there can ask to join; an admin decides.",
  offer: "People with a verified address there can join.",
  automatic: "People with a verified address there join when they sign in.",
};

/** Verified domains: the addresses there let people join. */
export const verifiedDomains: WayToJoin<{ mode: JoinMode; role: Role }> = {
  title: "Email domains",
  text: "People with a verified email address at one of your domains can join.",
  permission: "email-domain:update",
  page: { path: "/email-domains", label: "Manage email domains" },
  open: `
    select domain as id, claimer_id as opener_id, verified_at as opened_at, last_used_at,
           jsonb_build_object('mode', mode, 'role', role) as facts
      from email_domains
     where organization_id = current_organization_id() and verified_at is not null
     order by verified_at desc, domain`,
  describe: ({ mode, role }, domain) => ({
    title: domain,
    roles: [role],
    text: howTheyJoin[mode],
    closing: {
      path: `email-domains/${domain}/removal`,
      label: "Remove domain",
      text: "Nobody can join through it any more. People who have joined stay. Adding it again takes a new DNS record.",
    },
  }),
};
