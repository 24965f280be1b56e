import { createHash, randomBytes } from "node:crypto";
import { type Application, OAuthError } from "./application.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import type { Person } from "./people.ts";

/** The consent of a person. */
export type Grant = { person: Person; request: AuthorizationRequest; issuedAt: number };

/** Hugging Face answers eight hours, less the second that it took. */
export const accessTokenSeconds = 28_799;
const codeSeconds = 600;

/** Keeps the codes and access tokens of one stand-in in memory: a restart ends only the sign-ins under way. */
export class Grants {
  readonly #codes = new Map<string, Grant>();
  readonly #tokens = new Map<string, Grant>();
  readonly #tokenOfSpentCode = new Map<string, string>();

  issueCode(person: Person, request: AuthorizationRequest): string {
    const code = randomBytes(12).toString("hex");
    this.#codes.set(code, { person, request, issuedAt: Date.now() });
    return code;
  }

  /**
   * Exchanges a code for one token. A second use also revokes that token (RFC 6749 section 4.1.2).
   *
   * @throws {OAuthError} invalid_grant
   */
  redeemCode(
    form: URLSearchParams,
    application: Application,
  ): { accessToken: string; grant: Grant } {
    const code = form.get("code") ?? "";
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    this.#tokens.delete(this.#tokenOfSpentCode.get(code) ?? "");
    const isOtherClients = grant?.request.application.clientId !== application.clientId;
    if (!grant || isOtherClients || isOlderThan(grant, codeSeconds)) {
      throw new OAuthError("invalid_grant", "The code is unknown, spent or expired");
    }
    if (form.get("redirect_uri") !== grant.request.redirectUri) {
      throw new OAuthError("invalid_grant", "The redirect_uri is not the one the code was sent to");
    }
    const { codeChallenge } = grant.request;
    const verifier = form.get("code_verifier") ?? "";
    if (codeChallenge !== undefined && challengeOf(verifier) !== codeChallenge) {
      throw new OAuthError("invalid_grant", "The code_verifier does not fit the code_challenge");
    }
    const accessToken = `hf_oauth_${randomBytes(12).toString("hex")}`;
    this.#tokens.set(accessToken, { ...grant, issuedAt: Date.now() });
    this.#tokenOfSpentCode.set(code, accessToken);
    return { accessToken, grant };
  }

  findByToken(accessToken: string): Grant | undefined {
    const grant = this.#tokens.get(accessToken);
    return grant && !isOlderThan(grant, accessTokenSeconds) ? grant : undefined;
  }
}

const isOlderThan = ({ issuedAt }: Grant, seconds: number) =>
  Date.now() - issuedAt > seconds * 1_000;

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
