import type {
  OrganizationRole,
  OrganizationScope,
  RoleWithScopes,
} from "../people/organization-roles.ts";
import type { Organization, OrganizationOfUser } from "../people/organizations.ts";

const tenantId = "default";

export function presentOrganization(organization: Organization) {
  return {
    tenantId,
    id: organization.id,
    name: organization.name,
    description: organization.description,
    customData: organization.customData,
    isMfaRequired: organization.isMfaRequired,
    color: organization.color,
    branding: organization.branding,
    customCss: organization.customCss,
    createdAt: organization.createdAt.getTime(),
  };
}

export function presentOrganizationOfUser(organization: OrganizationOfUser) {
  return {
    ...presentOrganization(organization),
    organizationRoles: organization.organizationRoles,
  };
}

export function presentRoleWithScopes(role: RoleWithScopes) {
  return { ...presentRole(role), scopes: role.scopes, resourceScopes: [] };
}

export function presentRole({ id, name, description, type }: OrganizationRole) {
  return { tenantId, id, name, description, type };
}

export function presentScope({ id, name, description }: OrganizationScope) {
  return { tenantId, id, name, description };
}
