import { Router, type RouterContext } from "@koa/router";
import { OAuthError } from "./application.ts";
import { renderOrganizationPage, renderProfilePage } from "./change-pages.tsx";
import { readForm } from "../system/request-body.ts";
import { organizationRoles } from "./people.ts";
import type { MembershipChange, World } from "./world.ts";

/** The pages on which a developer changes people and organizations. The real Hugging Face has no such pages. */
export function createChangeRouter(world: World): Router {
  const router = new Router();

  router.get("/:handle", (ctx) => {
    const { handle } = ctx.params;
    const person = world.findPerson(handle);
    const organization = world.findOrganization(handle);
    if (person) ctx.body = renderProfilePage(world, person);
    else if (organization) ctx.body = renderOrganizationPage(world, organization);
  });

  router.post("/:handle/handle", async (ctx) => {
    const handle = (await readForm(ctx)).get("handle") ?? "";
    if (!/^[a-z0-9-]{1,42}$/.test(handle)) refuse("A handle has the letters a to z, digits and -.");
    change(() => world.rename(ctx.params["handle"] ?? "", handle));
    seeOther(ctx, `/${handle}`);
  });

  router.post("/:handle/memberships", async (ctx) => {
    const { handle = "" } = ctx.params;
    const form = await readForm(ctx);
    change(() => world.setMembership(handle, form.get("organization") ?? "", readChange(form)));
    seeOther(ctx, `/${handle}`);
  });

  return router;
}

function readChange(form: URLSearchParams): MembershipChange {
  const roleInOrg = organizationRoles.find((role) => role === form.get("role"));
  if (roleInOrg === undefined) return null;
  return { roleInOrg, pendingSSO: form.has("pendingSSO"), missingMFA: form.has("missingMFA") };
}

function change(work: () => void): void {
  try {
    work();
  } catch (fault) {
    refuse(fault instanceof Error ? fault.message : "");
  }
}

function refuse(message: string): never {
  throw new OAuthError("invalid_request", message);
}

function seeOther(ctx: RouterContext, path: string): void {
  ctx.status = 303;
  ctx.redirect(path);
}
