import type { Limit } from "../http/limit.ts";

export const pictureUploads: Limit = {
  name: "picture-uploads",
  things: "uploads of pictures",
  per: "person",
  attempts: 60,
  seconds: 3_600,
  kept: "database",
};
