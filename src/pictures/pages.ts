import { z } from "zod";

import { pictureFolder } from "../access/picture-path.ts";
import type { TenantDatabase } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import { hashToken } from "../http/token.ts";
import { route } from "../tenancy/route.ts";

/**
 * Serves the pictures of organizations and people to everyone who knows the path, which nobody can guess
 * (docs/decisions/029-pictures.md). A new picture has a new path, so what a path shows never changes.
 */
export function picturePages({ database }: { database: TenantDatabase }) {
  return [
    route({
      method: "GET",
      path: `${pictureFolder}:picture`,
      access: "public",
      params: z.object({ picture: z.string().max(100) }),
      isPage: false,
      isEmbeddable: true,
      statuses: [200],
      async handler({ params }) {
        const tokenHash = hashToken(params.picture);
        const [picture] = await database.readTokenHolder<{ content: Uint8Array }>(tokenHash, {
          name: "read-picture",
          text: `
            select content from organization_pictures where token_hash = $1
             union all
            select content from user_pictures where token_hash = $1`,
          values: [tokenHash],
        });
        if (!picture) throw httpError("request.not_found");
        return { status: 200, type: "image/webp", headers, body: picture.content };
      },
    }),
  ];
}

const headers = {
  // Browsers keep it; a shared cache would still have it after an account was deleted.
  "Cache-Control": "private, max-age=31536000, immutable",
  "Cross-Origin-Resource-Policy": "cross-origin",
};
