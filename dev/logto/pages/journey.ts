import type { Profile } from "../experience/hugging-face-connector.ts";
import type { Identifier } from "./identifiers.ts";
import type { Interaction } from "./interactions.ts";
import type { SentCode } from "./verification-codes.ts";

/** The state of a sign-in under way. It is stored with the interaction, as at Logto. */
export type Journey = {
  event?: "SignIn" | "Register";
  /** Typed on the first page. It proves nothing. */
  identifier?: Identifier;
  code?: SentCode;
  /** Chosen for a new account, or for an account without a username. */
  username?: string;
  passwordDigest?: string;
  /** Proved by a code. */
  email?: string;
  /** Proved by a code as well, but registered when the person wanted to register, or unknown when they wanted to sign in. */
  offered?: string;
  /** An account at Hugging Face that no user has yet; a user may have its address. */
  social?: { connectorId: string; profile: Profile };
  /** The user who has proved who they are, and whether that changed the account. */
  userId?: string;
  isChanged?: boolean;
  /** Only the question about second factors is left. */
  waiting?: { change?: "created" | "updated"; joined: string[] };
  /** That question is for the code of their authenticator app. */
  needsTotp?: boolean;
  /** A message for the next page. */
  notice?: string;
};

export function journeyOf(interaction: Interaction | undefined): Journey {
  const journey = interaction?.result?.["journey"];
  return typeof journey === "object" && journey !== null ? journey : {};
}
