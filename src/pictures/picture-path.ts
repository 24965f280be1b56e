import { pictureFolder } from "../access/picture-path.ts";
import { createRandomToken, hashToken } from "../http/token.ts";

/** Makes the path of a new picture, and the hash by which the database finds it. */
export function createPicturePath(): { path: string; tokenHash: Uint8Array<ArrayBuffer> } {
  const token = createRandomToken();
  return { path: pictureFolder + token, tokenHash: hashToken(token) };
}
