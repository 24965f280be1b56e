const messages = {
  unavailable: "Logto cannot be reached, or is not well.",
  refused: "Logto refused a request.",
  unauthorized:
    "Logto does not let this application use its Management API: LOGTO_M2M_APP_ID, LOGTO_M2M_APP_SECRET or its role there is wrong.",
  invalid_answer: "Logto gave an answer that cannot be understood.",
} as const;

type Facts = Partial<Pick<LogtoError, "status" | "code" | "retryAfter">>;

/**
 * The one error of the Management API. `unavailable` passes by itself, after `retryAfter` seconds where Logto said so.
 * `refused` has Logto's status and code (`entity.not_found`); `unauthorized` is a wrong setting. It keeps no `cause`: what
 * was sent and what came back contain tokens and personal data.
 */
export class LogtoError extends Error {
  override name = "LogtoError";
  /** In our own words, for logs. */
  readonly reason: string;
  readonly kind: keyof typeof messages;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(kind: LogtoError["kind"], reason: string, { status, code, retryAfter }: Facts = {}) {
    super(`${messages[kind]} (${reason})`);
    this.kind = kind;
    this.reason = reason;
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Whether Logto says that something is not there: its codes for that differ from route to route. */
export function isNotFound(error: unknown): boolean {
  return error instanceof LogtoError && error.status === 404;
}

/** Whether Logto refused for this reason, such as `organization.require_membership`. */
export function isRefusal(error: unknown, code: string): boolean {
  return error instanceof LogtoError && error.kind === "refused" && error.code === code;
}

export function isUnavailable(error: unknown): error is LogtoError {
  return error instanceof LogtoError && error.kind === "unavailable";
}

/** For a job's `retryLater`: an outage of Logto does not count as a failure of the job. */
export function waitForLogto(error: unknown): number | undefined {
  return isUnavailable(error) ? (error.retryAfter ?? 0) : undefined;
}

/** @returns null if Logto says that the thing is not there */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
}
