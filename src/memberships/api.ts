import { route } from "../tenancy/route.ts";
import { isOwnPicture } from "../access/picture-path.ts";
import type { TenantDatabase } from "../database/database.ts";
import { writeCursor } from "../http/cursor-field.ts";
import { cleanName } from "../http/visible-text.ts";
import { json } from "../http/reply.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { removeMember, suspendMember } from "./member.ts";
import { pageOfMembers, readMembers } from "./member-list.ts";
import {
  changeRoleAfterReauthentication,
  reinstateAfterReauthentication,
} from "./sensitive-changes.ts";
import { memberParams, membersQuery, membersResponse, roleBody } from "./schema.ts";

const noContent = { status: 204 };

/** Members as JSON. @param context.baseUrl the origin of the pictures that were uploaded here */
export function memberApi(context: { database: TenantDatabase; baseUrl: string }) {
  const { database, baseUrl } = context;
  const list = route({
    method: "GET",
    path: "/api/v1/organizations/:slug/members",
    access: "member:read",
    takesTokens: true,
    params: organizationParams,
    query: membersQuery,
    response: membersResponse,
    statuses: [200],
    read: ({ query }) => readMembers(query),
    async handler({ query, rows }) {
      const { members, next } = pageOfMembers(rows, query);
      return json({
        members: members.map((member) => ({
          userId: member.userId,
          name: cleanName(member.name ?? ""),
          username: member.username,
          email: member.email,
          emailVerified: member.emailVerified,
          avatarUrl: isOwnPicture(member.avatarUrl)
            ? `${baseUrl}${member.avatarUrl}`
            : member.avatarUrl,
          role: member.role,
          application: member.isMachine,
          suspended: member.isSuspended,
          joinedAt: member.joinedAt.toISOString(),
        })),
        nextCursor: next ? writeCursor(next) : null,
      });
    },
  });

  const suspensions = (
    [
      ["PUT", suspendMember],
      ["DELETE", reinstateAfterReauthentication],
    ] as const
  ).map(([method, act]) =>
    route({
      method,
      path: "/api/v1/organizations/:slug/members/:userId/suspension",
      access: "member:suspend",
      takesTokens: true,
      params: memberParams,
      statuses: [204],
      async handler({ actor, params: { userId } }) {
        await act(database, actor, { userId });
        return noContent;
      },
    }),
  );

  // These have two addresses: the API's, and one under the pages', which accepts sessions only.
  const addresses = [
    { organization: "/api/v1/organizations/:slug", takesTokens: true },
    { organization: "/o/:slug", takesTokens: false },
  ];
  const changes = addresses.flatMap(({ organization, takesTokens }) => [
    route({
      method: "PUT",
      path: `${organization}/members/:userId/role`,
      access: "member:update",
      takesTokens,
      params: memberParams,
      body: roleBody,
      bodyFormat: "json",
      statuses: [204],
      async handler({ actor, params: { userId }, body }) {
        await changeRoleAfterReauthentication(database, actor, { userId, role: body.role });
        return noContent;
      },
    }),
    route({
      method: "DELETE",
      path: `${organization}/members/:userId`,
      access: "member:remove",
      takesTokens,
      params: memberParams,
      statuses: [204],
      async handler({ actor, params: { userId } }) {
        await removeMember(database, actor, { userId });
        return noContent;
      },
    }),
  ]);

  return [list, ...suspensions, ...changes];
}
