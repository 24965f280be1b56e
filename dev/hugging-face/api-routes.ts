import { Router, type RouterContext } from "@koa/router";
import type { Person } from "./people.ts";
import type { World } from "./world.ts";

/** The two calls of the Hub's API about members (https://huggingface.co/docs/hub/api). */
export function createApiRouter(world: World, issuer: string): Router {
  const router = new Router();

  router.get("/api/whoami-v2", (ctx) => {
    const person = authenticate(ctx, world);
    if (!person) return;
    ctx.body = {
      type: "user",
      id: person.sub,
      name: person.preferred_username,
      fullname: person.name ?? person.preferred_username,
      isPro: person.isPro ?? false,
      orgs: (person.orgs ?? []).map((org) => ({
        type: "org",
        id: org.sub,
        name: org.preferred_username,
        fullname: org.name,
        roleInOrg: org.roleInOrg,
        isEnterprise: org.isEnterprise,
      })),
      auth: { type: "access_token", accessToken: { displayName: "stand-in", role: "read" } },
    };
  });

  router.get("/api/organizations/:name/members", (ctx) => {
    const asker = authenticate(ctx, world);
    if (!asker) return;
    const { name = "" } = ctx.params;
    const organization = world.findOrganization(name);
    if (!organization) return refuse(ctx, 404, "Organization not found");
    const members = world.listMembers(organization);
    const start = Number(ctx.URL.searchParams.get("cursor") ?? 0);
    const end = start + world.membersPerPage;
    if (end < members.length) {
      const next = `${issuer}/api/organizations/${name}/members?cursor=${end}`;
      ctx.set("Link", `<${next}>; rel="next"`);
    }
    // Only members are told the roles.
    const isMember = members.some(({ person }) => person === asker);
    ctx.body = members.slice(start, end).map(({ person, membership }) => ({
      _id: person.sub,
      avatarUrl: `${issuer}/avatars/${person.preferred_username}.svg`,
      fullname: person.name ?? person.preferred_username,
      isPro: person.isPro ?? false,
      user: person.preferred_username,
      type: "user",
      ...(isMember && { role: membership.roleInOrg }),
    }));
  });

  return router;
}

function authenticate(ctx: RouterContext, world: World): Person | undefined {
  const [, token = ""] = /^Bearer (.+)$/i.exec(ctx.get("Authorization")) ?? [];
  const person = world.accessTokens.get(token);
  if (!person) refuse(ctx, 401, "Invalid username or password.");
  return person;
}

function refuse(ctx: RouterContext, status: number, error: string): void {
  ctx.status = status;
  ctx.body = { error };
}
