/** An OAuth application that is registered with the stand-in, such as Logto. */
export type Application = {
  /** Its name on the consent page. */
  name: string;
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
};

/** An error answer of the OAuth endpoints (RFC 6749 section 5.2). */
export class OAuthError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

/**
 * client_secret_basic or client_secret_post (RFC 6749 section 2.3.1).
 *
 * @throws {OAuthError} invalid_client
 */
export function authenticateClient(
  applications: readonly Application[],
  authorization: string,
  form: URLSearchParams,
): Application {
  const given = readBasic(authorization) ?? [form.get("client_id"), form.get("client_secret")];
  const application = applications.find(({ clientId }) => clientId === given[0]);
  if (application === undefined || given[1] !== application.clientSecret) {
    throw new OAuthError("invalid_client", "Client authentication failed", 401);
  }
  return application;
}

function readBasic(authorization: string): [string, string] | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const [id = "", ...secret] = Buffer.from(encoded, "base64").toString().split(":");
  try {
    return [decode(id), decode(secret.join(":"))];
  } catch {
    throw new OAuthError("invalid_client", "Malformed Basic credentials", 401);
  }
}

/** Basic credentials are form-encoded first (RFC 6749 section 2.3.1). */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
