import { z } from "zod";

import { fileField, type FileField } from "../http/upload.ts";

/** The file of a form that uploads a picture. */
export const pictureFile: FileField = { field: "file", most: 512 * 1024 };

export const pictureBody = z.strictObject({
  file: fileField({ what: "a picture", most: pictureFile.most }),
});
