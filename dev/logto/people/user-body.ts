import type { Member } from "./organizations.ts";
import type { User } from "./users.ts";

/** A user as the Management API shows it: times in milliseconds, the password never. */
export function presentUser(user: User) {
  return {
    id: user.id,
    username: user.username,
    primaryEmail: user.primaryEmail,
    primaryPhone: user.primaryPhone,
    name: user.name,
    avatar: user.avatar,
    customData: user.customData,
    identities: user.identities,
    lastSignInAt: user.lastSignInAt?.getTime() ?? null,
    createdAt: user.createdAt.getTime(),
    updatedAt: user.updatedAt.getTime(),
    profile: user.profile,
    applicationId: user.applicationId,
    cimdClientId: null,
    isSuspended: user.isSuspended,
  };
}

export function presentUserWithPassword(user: User) {
  return { ...presentUser(user), hasPassword: user.passwordDigest !== null };
}

/** In an organization's list: with the roles held there, and without `hasPassword`. */
export function presentMember(member: Member) {
  return { ...presentUser(member), organizationRoles: member.organizationRoles };
}
