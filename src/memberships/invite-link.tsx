import { organizationPath } from "../access/organization-path.ts";
import { hasPermission } from "../access/roles.ts";
import type { Member } from "../tenancy/actor.ts";

/** The way to the page on which people are invited, for those who may invite them. */
export function InviteLink({ actor: { role, organization } }: { actor: Member }) {
  if (!hasPermission(role, "invitation:create")) return null;
  return (
    <a
      class="btn btn-primary text-base max-sm:w-full"
      href={`${organizationPath(organization.slug)}/invitations`}
    >
      Invite people
    </a>
  );
}
