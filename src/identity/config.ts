import { z } from "zod";

import { secret, webAddress } from "../runtime/settings.ts";

export const huggingFaceSettings = z.object({
  HUGGINGFACE_ENDPOINT: webAddress.default("https://huggingface.co"),
  HUGGINGFACE_CLIENT_ID: z.string().optional(),
  HUGGINGFACE_CLIENT_SECRET: secret().optional(),
});

type HuggingFaceSettings = z.output<typeof huggingFaceSettings>;

/** How we sign in at Hugging Face ourselves, to ask for someone's organizations. */
export type HuggingFaceClient = { id: string; secret: string };

export const arrangeHuggingFace = (values: HuggingFaceSettings) => ({
  endpoint: values.HUGGINGFACE_ENDPOINT,
  /** Null: organizations cannot be connected. */
  client: arrangeHuggingFaceClient(values),
});

export function arrangeHuggingFaceClient({
  HUGGINGFACE_CLIENT_ID: id,
  HUGGINGFACE_CLIENT_SECRET: clientSecret,
}: Pick<
  HuggingFaceSettings,
  "HUGGINGFACE_CLIENT_ID" | "HUGGINGFACE_CLIENT_SECRET"
>): HuggingFaceClient | null {
  return id && clientSecret ? { id, secret: clientSecret } : null;
}
