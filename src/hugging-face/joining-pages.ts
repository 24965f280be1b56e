import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/seen-as.ts";
import type { TenantDatabase } from "../database/database.ts";
import { seeOther } from "../http/reply.ts";
import { organizationPath } from "../views/viewer.ts";
import type { Confirmations } from "./confirmation.ts";
import { huggingFaceError } from "./errors.ts";
import { joinByHuggingFace } from "./joining.ts";
import { joiningParams } from "./schema.ts";

/**
 * The route to which the buttons of `findHuggingFaceJoinOptions` post.
 *
 * @param confirmations null if we cannot ask Hugging Face: then nobody joins by it
 */
export function huggingFaceJoiningPages(
  database: TenantDatabase,
  confirmations: Confirmations | null,
) {
  const joining = route({
    method: "POST",
    path: "/organizations/:organizationId/hugging-face/:subject/joining",
    access: "signed-in",
    params: joiningParams,
    query: accountQuery,
    statuses: [303],
    async handler({ actor, params: { organizationId, subject }, query }, ctx) {
      requireSameAccount(actor, query, "/organizations");
      const { user, request } = actor;
      const guest = { user, organization: { id: organizationId }, request };
      const { slug, outcome } = await joinByHuggingFace(database, guest, { subject });
      if (outcome === "unconfirmed") {
        if (!confirmations) throw huggingFaceError("hugging_face.unavailable");
        const returnTo = "/organizations?notice=confirmed";
        return confirmations.begin(ctx, { userId: user.id, returnTo });
      }
      return seeOther(
        outcome === "joined" ? organizationPath(slug) : "/organizations?notice=asked",
      );
    },
  });

  return [joining];
}
