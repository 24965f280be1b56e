import * as oauth from "openid-client";

import type { HuggingFaceClient } from "../identity/config.ts";
import type { AppError } from "../http/errors.ts";
import { type HuggingFaceAccount, readAccount } from "./account-claims.ts";
import { huggingFaceError } from "./errors.ts";

/** The secrets of an authorization request, which the browser keeps sealed until the answer comes. */
type OAuthSecrets = { state: string; nonce: string; codeVerifier: string };

/** Hugging Face as an OAuth provider (https://huggingface.co/docs/hub/oauth). */
export type HuggingFaceOAuth = ReturnType<typeof createHuggingFaceOAuth>;

type OAuthOptions = {
  endpoint: string;
  client: HuggingFaceClient;
  baseUrl: string;
  /** Gets our own words only: the library's errors carry codes, tokens and answers. */
  logger: { warn(fields: object, message: string): void };
  timeoutSeconds?: number;
};

export const callbackPath = "/hugging-face/callback";

/** With `read-memberships` Hugging Face tells the role (`roleInOrg`) in every organization. */
const scope = "openid profile read-memberships";
/** Logto's connector does not ask for the address, so new people agree to it here. */
const scopeWithAddress = "openid profile email read-memberships";

export function createHuggingFaceOAuth(options: OAuthOptions) {
  const { endpoint, client, baseUrl, logger, timeoutSeconds = 3 } = options;
  const redirectUri = baseUrl + callbackPath;

  let discovered: Promise<oauth.Configuration> | undefined;
  const discover = () => {
    discovered = oauth
      .discovery(new URL(endpoint), client.id, undefined, oauth.ClientSecretBasic(client.secret), {
        timeout: timeoutSeconds,
        // The stand-in of a laptop; production refuses an address without TLS (config.ts).
        ...(endpoint.startsWith("http:") && { execute: [oauth.allowInsecureRequests] }),
      })
      .catch((error: unknown) => {
        discovered = undefined;
        throw error;
      });
    return discovered;
  };

  const attempt = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const appError = translate(error);
      logger.warn({ step, code: appError.code, reason: nameReason(error) }, "Hugging Face failed");
      throw appError;
    }
  };

  /**
   * Checks that Hugging Face answers before a person is sent there.
   *
   * @param wish.asksAddress whether to ask for the email address as well
   * @throws hugging_face.unavailable, hugging_face.untrusted_answer
   */
  function begin({ asksAddress }: { asksAddress: boolean }) {
    return attempt("begin", async () => {
      // Discovery runs each time, as it tells whether Hugging Face answers.
      const configuration = await discover();
      const secrets = {
        state: oauth.randomState(),
        nonce: oauth.randomNonce(),
        codeVerifier: oauth.randomPKCECodeVerifier(),
      };
      const url = oauth.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: asksAddress ? scopeWithAddress : scope,
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(secrets.codeVerifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, secrets };
    });
  }

  /**
   * @param query the callback's
   * @throws hugging_face.denied, hugging_face.spent, hugging_face.client_refused, hugging_face.unavailable,
   *   hugging_face.untrusted_answer
   */
  function complete(
    query: string,
    { state, nonce, codeVerifier }: OAuthSecrets,
  ): Promise<HuggingFaceAccount> {
    return attempt("complete", async () => {
      const configuration = await (discovered ?? discover());
      const tokens = await oauth.authorizationCodeGrant(
        configuration,
        new URL(`${redirectUri}?${query}`),
        {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        },
      );
      const subject = tokens.claims()?.sub ?? "";
      // Refuses an answer about anybody else (OpenID Connect Core 1.0, section 5.3.2).
      const userinfo = await oauth.fetchUserInfo(configuration, tokens.access_token, subject);
      return readAccount(subject, userinfo);
    });
  }

  return { begin, complete };
}

/** Keeps no `cause`: the library's errors hold the code, the tokens or the answer. */
function translate(error: unknown): AppError {
  if (error instanceof oauth.AuthorizationResponseError) {
    return huggingFaceError("hugging_face.denied");
  }
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error === "invalid_grant") return huggingFaceError("hugging_face.spent");
    if (error.error === "invalid_client") return huggingFaceError("hugging_face.client_refused");
    return huggingFaceError("hugging_face.untrusted_answer");
  }
  return huggingFaceError(
    isUnavailable(error) ? "hugging_face.unavailable" : "hugging_face.untrusted_answer",
    { headers: { "Retry-After": "10" } },
  );
}

/** Whether the connection failed or took too long, or a server in front of Hugging Face answered with 5xx. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof Response) return error.status >= 500;
  if (!(error instanceof Error)) return false;
  // fetch() throws a TypeError without a code if nobody answers (Fetch, section 5.6).
  const isUnreached = error instanceof TypeError && codeOf(error) === undefined;
  const isLate = codeOf(error) === "OAUTH_TIMEOUT" || error.name === "TimeoutError";
  return isUnreached || isLate || isUnavailable(error.cause);
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** A word from a fixed list of the library or of RFC 6749, never a text from the wire. */
function nameReason(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
}
