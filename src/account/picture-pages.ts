import { seeOther } from "../http/reply.ts";
import { encodePicture } from "../pictures/encode-picture.ts";
import { pictureUploads } from "../pictures/limits.ts";
import { pictureBody, pictureFile } from "../pictures/picture-field.ts";
import { requireRow } from "../tenancy/change-as.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { route } from "../tenancy/route.ts";
import { describeAccount, readAccount } from "./account.ts";
import { profileChanges } from "./limits.ts";
import { type Pictures, removePicture, savePicture } from "./picture.ts";
import type { ShowProfile } from "./profile-pages.tsx";
import { pictureRemovalPath, pictureUploadPath, profilePath } from "./profile-view.tsx";

/** The forms that replace and remove the picture that a person uploaded. */
export function profilePicturePages(pictures: Pictures, showProfile: ShowProfile) {
  const upload = route({
    method: "POST",
    path: pictureUploadPath,
    access: "signed-in",
    query: accountQuery,
    file: pictureFile,
    body: pictureBody,
    limits: [pictureUploads],
    limitField: pictureFile.field,
    statuses: [303],
    read: readAccount,
    async handler({ actor, query, body, rows }) {
      requireSameAccount(actor, query, profilePath);
      const encoded = await encodePicture(body.file, "cover");
      if ("fault" in encoded) {
        const issues = [{ field: pictureFile.field, message: encoded.fault }];
        return showProfile(actor, describeAccount(requireRow(rows)), { values: {}, issues });
      }
      const isKnown = await savePicture(pictures, actor.user.id, encoded.content);
      return seeOther(profilePath, { notice: isKnown ? "Your picture is saved." : elsewhere });
    },
    invalid: async ({ actor, issues, rows }) =>
      showProfile(actor, describeAccount(requireRow(rows)), { values: {}, issues }),
  });

  const remove = route({
    method: "POST",
    path: pictureRemovalPath,
    access: "signed-in",
    query: accountQuery,
    limits: [profileChanges],
    statuses: [303],
    async handler({ actor, query }) {
      requireSameAccount(actor, query, profilePath);
      const isKnown = await removePicture(pictures, actor.user.id);
      return seeOther(profilePath, { notice: isKnown ? "Your picture is removed." : elsewhere });
    },
  });

  return [upload, remove];
}

const elsewhere =
  "Your picture is changed here. Our identity provider was not told, so other applications may still show the old one.";
