import type { TenantDatabase } from "../database/database.ts";
import { seeOther } from "../http/reply.ts";
import { encodePicture } from "../pictures/encode-picture.ts";
import { pictureUploads } from "../pictures/limits.ts";
import { pictureBody, pictureFile } from "../pictures/picture-field.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { route } from "../tenancy/route.ts";
import { settingsPath } from "./paths.ts";
import { changePicture, removePicture } from "./picture.ts";
import type { ShowSettings } from "./settings-pages.tsx";

/** The forms that replace and remove the picture of an organization. */
export function organizationPicturePages(database: TenantDatabase, showSettings: ShowSettings) {
  const upload = route({
    method: "POST",
    path: "/o/:slug/settings/picture",
    access: "organization:update",
    params: organizationParams,
    file: pictureFile,
    body: pictureBody,
    limits: [pictureUploads],
    limitField: pictureFile.field,
    statuses: [303],
    async handler({ actor, body }) {
      const encoded = await encodePicture(body.file, "contain");
      if ("fault" in encoded) {
        return showSettings(actor, {
          issues: [{ field: pictureFile.field, message: encoded.fault }],
        });
      }
      await changePicture(database, actor, encoded.content);
      return seeOther(settingsPath(actor.organization.slug), {
        notice: "The picture was changed.",
      });
    },
    invalid: ({ actor, issues }) => showSettings(actor, { issues }),
  });

  const remove = route({
    method: "POST",
    path: "/o/:slug/settings/picture/removal",
    access: "organization:update",
    params: organizationParams,
    statuses: [303],
    async handler({ actor }) {
      await removePicture(database, actor);
      return seeOther(settingsPath(actor.organization.slug), {
        notice: "The picture was removed.",
      });
    },
  });

  return [upload, remove];
}
