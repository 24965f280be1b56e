import type { Profile } from "../experience/hugging-face-connector.ts";
import type { Identifier } from "./identifiers.ts";
import type { Interaction } from "./interactions.ts";
import type { SentCode } from "./verification-codes.ts";

/** How far somebody has got who has not arrived yet; kept with their sign-in, as Logto does. */
export type Journey = {
  event?: "SignIn" | "Register";
  /** What was typed on the first page. Nothing is proved by it. */
  identifier?: Identifier;
  code?: SentCode;
  /** Chosen for a new account, or for one that has none. */
  username?: string;
  passwordDigest?: string;
  /** Proved by a code. */
  email?: string;
  /** Proved as well, but it is somebody's who wanted to be new, or nobody's who did not: they are asked. */
  offered?: string;
  /** An account at Hugging Face that is nobody's yet; the address may be somebody's. */
  social?: { connectorId: string; profile: Profile };
  /** Somebody who has proved who they are, and whether that changed anything about them. */
  userId?: string;
  isChanged?: boolean;
  /** All is done but for a question about second factors. */
  waiting?: { change?: "created" | "updated"; joined: string[] };
  /** What the sign-in page has to say when it is shown next. */
  notice?: string;
};

export function journeyOf(interaction: Interaction | undefined): Journey {
  const journey = interaction?.result?.["journey"];
  return typeof journey === "object" && journey !== null ? journey : {};
}
