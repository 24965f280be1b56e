import { route } from "../auth/route.ts";
import { accountQuery, requireSameAccount } from "../auth/seen-as.ts";
import type { TenantDatabase } from "../database/database.ts";
import { seeOther } from "../http/reply.ts";
import { organizationPath } from "../views/viewer.ts";
import { joinByHuggingFace } from "./joining.ts";
import { joiningParams } from "./schema.ts";

/** What the buttons of `findHuggingFaceDoors` post to. */
export function huggingFaceJoiningPages(database: TenantDatabase) {
  const joining = route({
    method: "POST",
    path: "/organizations/:organizationId/hugging-face/:subject/joining",
    access: "signed-in",
    params: joiningParams,
    query: accountQuery,
    statuses: [303],
    async handler({ actor, params: { organizationId, subject }, query }) {
      requireSameAccount(actor, query, "/organizations");
      const { user, request } = actor;
      const guest = { user, organization: { id: organizationId }, request };
      const { slug, outcome } = await joinByHuggingFace(database, guest, { subject });
      return seeOther(
        outcome === "joined" ? organizationPath(slug) : "/organizations?notice=asked",
      );
    },
  });

  return [joining];
}
