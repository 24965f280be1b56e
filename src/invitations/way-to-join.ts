import type { Role } from "../access/roles.ts";
import type { WayToJoin } from "../tenancy/way-to-join.ts";
import { capRole, openInvitations } from "./invitation.ts";

type Link = {
  role: Role;
  inviterRole: Role | null;
  uses: number;
  maxUses: number | null;
  domains: string[];
  expiresAt: string;
};

const either = new Intl.ListFormat("en", { type: "disjunction" });

/** Links that anybody can use who has them. */
export const inviteLinks: WayToJoin<Link> = {
  title: "Invite links",
  text: "Anyone who has an invite link can join with it, until it expires or is used up.",
  permission: "invitation:revoke",
  page: { path: "/invitations", label: "Create an invite link" },
  open: `
    select i.id::text as id, i.inviter_id as opener_id, i.created_at as opened_at, i.last_used_at,
           jsonb_build_object('role', i.role, 'inviterRole', m.role, 'uses', i.uses, 'maxUses', i.max_uses,
                              'domains', i.allowed_domains, 'expiresAt', i.expires_at) as facts
      from (${openInvitations("*")}) i
      left join memberships m on m.organization_id = i.organization_id and m.user_id = i.inviter_id
                             and m.suspended_at is null
     where i.kind = 'link' order by i.id desc`,
  describe({ role, inviterRole, uses, maxUses, domains, expiresAt }, id) {
    const present = capRole(role, inviterRole);
    if (present === null) return null;
    const condition = domains.length > 0 ? ` and an address at ${either.format(domains)}` : "";
    return {
      title: `Anyone with the link${condition}`,
      roles: [present],
      text: describeUses(uses, maxUses),
      countsUses: true,
      expiresAt: new Date(expiresAt),
      closing: {
        path: `invitations/${id}/revocation`,
        label: "Turn off",
        text: "The link stops working. People who joined with it stay members.",
      },
    };
  },
};

function describeUses(uses: number, maxUses: number | null): string {
  if (maxUses !== null) return `Used ${uses} of ${maxUses} times.`;
  if (uses === 0) return "Not used yet.";
  return uses === 1 ? "Used once." : `Used ${uses} times.`;
}
