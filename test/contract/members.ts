import { expect } from "vitest";

import { deleteUser } from "../../src/logto/client/users.ts";
import {
  listMembersAtLogto,
  noMembership,
  readMemberAtLogto,
  removeMemberAtLogto,
  setMemberAtLogto,
} from "../../src/logto/client/members.ts";
import type { Check } from "./check.ts";
import { refusalOf } from "./refusal-of.ts";
import type { World } from "./world.ts";

const person = (subject: string) => ({ subject, isMachine: false });

/** How people get into organizations, with which roles, and out: src/logto/client/organizations.ts. */
export const members: Check[] = [
  {
    title: "a user becomes a member with a role of ours, given by name, and has only that one then",
    follows: [
      "management-organization-members: add one",
      "management-organization-members: roles: put by names",
      "management-organization-members: roles: get",
    ],
    async run(world) {
      const { api } = world;
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(api, logtoId, person(subject), "admin", noMembership);
      const admin = { isMember: true, role: "admin" as const, otherRoles: [] };
      expect(await readMemberAtLogto(api, logtoId, person(subject))).toEqual(admin);
      await setMemberAtLogto(api, logtoId, person(subject), "viewer", admin);
      const viewer = { ...admin, role: "viewer" };
      expect(await readMemberAtLogto(api, logtoId, person(subject))).toEqual(viewer);
      const listed = await listMembersAtLogto(api, logtoId);
      const name = expect.any(String);
      expect([...listed]).toEqual([[subject, { ...person(subject), ...viewer, name }]]);
    },
  },
  {
    title: "adding a member a second time is accepted, and removes no role",
    follows: ["management-organization-members: add several, one already a member"],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(world.api, logtoId, person(subject), "member", noMembership);
      await add(world, logtoId, subject);
      expect(await readMemberAtLogto(world.api, logtoId, person(subject))).toMatchObject({
        role: "member",
      });
    },
  },
  {
    title:
      "several roles are given at once: the role of another application stays when ours changes",
    follows: [
      "management-organization-template: roles: create without type",
      "management-organization-members: roles: put by names",
    ],
    async run(world) {
      const { api } = world;
      const { logtoId, subject } = await makePair(world);
      const name = world.invent("role");
      await api.send((client) =>
        client.POST("/api/organization-roles", {
          body: { name, type: "User", organizationScopeIds: [], resourceScopeIds: [] },
        }),
      );
      const present = { isMember: false, role: null, otherRoles: [name] };
      await setMemberAtLogto(api, logtoId, person(subject), "member", present);
      expect(await readMemberAtLogto(api, logtoId, person(subject))).toEqual({
        isMember: true,
        role: "member",
        otherRoles: [name],
      });
    },
  },
  {
    title: "an unknown role name is refused, and changes nothing",
    follows: [
      "management-organization-members: roles: put unknown name",
      "management-organization-members: roles: after failing put",
    ],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(world.api, logtoId, person(subject), "member", noMembership);
      const refused = putRoles(world, logtoId, subject, [world.invent("role")]);
      expect(await refusalOf(refused)).toMatchObject({ kind: "refused", status: 422 });
      expect(await readMemberAtLogto(world.api, logtoId, person(subject))).toMatchObject({
        role: "member",
      });
    },
  },
  {
    title: "the roles of a user who is no member are neither shown nor changed: require_membership",
    follows: [
      "management-organization-members: roles: get for a user who is not a member",
      "management-organization-members: roles: put for a user who is not a member",
    ],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      expect(await readMemberAtLogto(world.api, logtoId, person(subject))).toEqual(noMembership);
      const requireMembership = {
        kind: "refused",
        status: 422,
        code: "organization.require_membership",
      };
      expect(await refusalOf(readRoles(world, logtoId, subject))).toEqual(requireMembership);
      expect(await refusalOf(putRoles(world, logtoId, subject, ["member"]))).toEqual(
        requireMembership,
      );
    },
  },
  {
    title: "an unknown user cannot be added, and no user can be added to an unknown organization",
    follows: [
      "management-organization-members: add: unknown user",
      "management-organization-members: add: unknown organization",
    ],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      const unknown = {
        kind: "refused",
        status: 422,
        code: "entity.relation_foreign_key_not_found",
      };
      expect(await refusalOf(add(world, logtoId, "nonexistent01"))).toEqual(unknown);
      expect(await refusalOf(add(world, "nonexistent01", subject))).toEqual(unknown);
    },
  },
  {
    title: "an unknown organization has an empty list of members",
    follows: ["management-organization-members: list members of unknown organization"],
    async run({ api }) {
      expect([...(await listMembersAtLogto(api, "nonexistent01"))]).toEqual([]);
    },
  },
  {
    title: "a removed member is gone, is 404 when removed again, and comes back without a role",
    follows: [
      "management-organization-members: remove one again",
      "management-organization-members: re-add a removed member: roles are gone",
      "management-organization-members: remove the last owner (no guard)",
    ],
    async run(world) {
      const { api } = world;
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(api, logtoId, person(subject), "owner", noMembership);
      await removeMemberAtLogto(api, logtoId, person(subject));
      await removeMemberAtLogto(api, logtoId, person(subject));
      const again = api.send((client) =>
        client.DELETE("/api/organizations/{id}/users/{userId}", {
          params: { path: { id: logtoId, userId: subject } },
        }),
      );
      expect(await refusalOf(again)).toMatchObject({ status: 404 });
      expect(await readMemberAtLogto(api, logtoId, person(subject))).toEqual(noMembership);
      await add(world, logtoId, subject);
      expect(await readMemberAtLogto(api, logtoId, person(subject))).toEqual({
        isMember: true,
        role: null,
        otherRoles: [],
      });
    },
  },
  {
    title: "a deleted user is a member of no organization",
    follows: ["management-users: delete", "management-organization-members: list: empty"],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(world.api, logtoId, person(subject), "member", noMembership);
      await deleteUser(world.api, subject);
      expect(await readMemberAtLogto(world.api, logtoId, person(subject))).toEqual(noMembership);
      expect([...(await listMembersAtLogto(world.api, logtoId))]).toEqual([]);
    },
  },
];

async function makePair(world: World) {
  return { logtoId: await world.createOrganization(), subject: (await world.createUser()).id };
}

function add({ api }: World, id: string, userId: string): Promise<void> {
  return api.send((client) =>
    client.POST("/api/organizations/{id}/users", {
      params: { path: { id } },
      body: { userIds: [userId] },
    }),
  );
}

function readRoles({ api }: World, id: string, userId: string): Promise<void> {
  return api.send((client) =>
    client.GET("/api/organizations/{id}/users/{userId}/roles", {
      params: { path: { id, userId } },
    }),
  );
}

function putRoles(
  { api }: World,
  id: string,
  userId: string,
  organizationRoleNames: string[],
): Promise<void> {
  return api.send((client) =>
    client.PUT("/api/organizations/{id}/users/{userId}/roles", {
      params: { path: { id, userId } },
      body: { organizationRoleNames },
    }),
  );
}
