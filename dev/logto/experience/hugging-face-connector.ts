import { z } from "zod";
import { findHuggingFaceConnector, huggingFaceConnector } from "./connectors.ts";
import type { Database, JsonObject } from "../store/database.ts";
import type { Identity } from "../people/users.ts";
import { readSignInExperience } from "./sign-in-experience.ts";

/** Hugging Face could not be reached, or did not answer as OpenID Connect requires. */
export class HuggingFaceUnavailableError extends Error {}

export type HuggingFaceConnector = NonNullable<
  Awaited<ReturnType<ReturnType<typeof createConnectorFinder>>>
>;

/** Logto's default scope. */
export const defaultScope = "openid profile email";

const configSchema = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  scope: z.string().optional(),
});

/** Finds the connector as it is set up now; none when it is not, or has no button on the sign-in page. */
export function createConnectorFinder(sql: Database, issuer: string, publicOrigin: string) {
  return async () => {
    const connector = await findHuggingFaceConnector(sql);
    const { socialSignInConnectorTargets: targets } = await readSignInExperience(sql);
    if (!connector || !targets.includes(huggingFaceConnector.target)) return undefined;
    const { clientId, clientSecret, scope = defaultScope } = configSchema.parse(connector.config);
    const redirectUri = `${publicOrigin}/callback/${connector.id}`;

    return {
      id: connector.id,
      syncProfile: connector.syncProfile,
      /** Where Hugging Face answers to the account pages, which link an account. */
      linkingUri: `${publicOrigin}/account/callback/social/${connector.id}`,
      /** @returns the address to send the browser to, with the parameters of a Logto server */
      authorizationUri(state: string, answerTo = redirectUri): string {
        const query = new URLSearchParams({
          response_type: "code",
          client_id: clientId,
          scope,
          redirect_uri: answerTo,
          state,
        });
        return `${issuer}/oauth/authorize?${query}`;
      },
      /**
       * Redeems the code and reads the profile.
       *
       * @throws {HuggingFaceUnavailableError}
       */
      async fetchProfile(code: string, answeredTo = redirectUri): Promise<Profile> {
        const tokens = await askHuggingFace(`${issuer}/oauth/token`, {
          method: "POST",
          headers: {
            authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
          },
          body: new URLSearchParams({
            grant_type: "authorization_code",
            code,
            redirect_uri: answeredTo,
          }),
        });
        const profile = await askHuggingFace(`${issuer}/oauth/userinfo`, {
          headers: { authorization: `Bearer ${String(tokens["access_token"])}` },
        });
        const { sub } = profile;
        if (typeof sub !== "string" || !sub)
          throw new HuggingFaceUnavailableError("userinfo has no sub");
        return { ...profile, sub };
      },
    };
  };
}

export type Profile = JsonObject & { sub: string };

async function askHuggingFace(url: string, init: RequestInit): Promise<JsonObject> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
    const body: unknown = await response.json();
    if (response.ok && typeof body === "object" && body !== null) return { ...body };
    throw new HuggingFaceUnavailableError(
      `${url} answered ${response.status}: ${JSON.stringify(body)}`,
    );
  } catch (error) {
    if (error instanceof HuggingFaceUnavailableError) throw error;
    throw new HuggingFaceUnavailableError(`${url} did not answer`, { cause: error });
  }
}

/** Logto keeps this part of the account unchanged since the first sign-in, or since it was linked. */
export function describeIdentity(profile: Profile): Identity {
  const { name, avatar, primaryEmail: email } = describe(profile);
  const details = { id: profile.sub, name, email, avatar, rawData: profile };
  return {
    userId: profile.sub,
    details: Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)),
  };
}

/** Describes the new user. Logto takes the address even when Hugging Face calls it unverified. */
export function describeNewcomer(profile: Profile) {
  return { ...describe(profile), identities: { huggingface: describeIdentity(profile) } };
}

function describe(profile: Profile) {
  return {
    name: text(profile["name"]),
    avatar: text(profile["picture"]),
    primaryEmail: text(profile["email"]),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
