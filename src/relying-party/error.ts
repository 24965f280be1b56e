import type { z } from "zod";

/**
 * Everything that can go wrong between us and the OpenID provider, with a status (5xx: not the browser's fault) and a text
 * for the log. The texts are fixed: nothing from the wire is ever part of one. The pages are in auth/errors.ts.
 */
export const openIdErrors = Object.freeze({
  identity_provider_unavailable: { status: 503, message: "We cannot reach the identity provider." },
  identity_provider_invalid_answer: {
    status: 502,
    message: "The identity provider gave an answer that cannot be trusted.",
  },
  access_token_invalid: { status: 401, message: "The access token is not valid." },
  client_refused: { status: 502, message: "The identity provider refused our credentials." },
  clock_skew: { status: 502, message: "Our clock and the identity provider's differ too much." },
  callback_invalid: { status: 400, message: "This sign-in link is not valid." },
  authorization_denied: { status: 400, message: "The identity provider did not sign you in." },
  code_refused: { status: 400, message: "This sign-in link was used already or is too old." },
  logout_token_invalid: { status: 400, message: "The logout token is not valid." },
} as const);

export type OpenIdErrorCode = keyof typeof openIdErrors;

/**
 * The one error of this folder; map it by `code`.
 * `reason` says in our own words what was wrong (for logs and tests, never for a page). It keeps no `cause`: the errors
 * of fetch, jose and the SDK carry tokens, claims and response bodies.
 */
export class OpenIdError extends Error {
  readonly code: OpenIdErrorCode;
  readonly status: number;
  readonly reason: string;

  constructor(code: OpenIdErrorCode, reason: string) {
    super(openIdErrors[code].message);
    this.name = "OpenIdError";
    this.code = code;
    this.status = openIdErrors[code].status;
    this.reason = reason;
  }
}

export const unavailable = (reason: string) =>
  new OpenIdError("identity_provider_unavailable", reason);

export const invalidAnswer = (reason: string) =>
  new OpenIdError("identity_provider_invalid_answer", reason);

/** Checks the shape of an answer. @throws the error that `refuse` makes, with the path of the first fault */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  refuse: (reason: string) => OpenIdError,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw refuse(`${error.issues[0]?.path.join(".") || "answer"} is wrong`);
}
