/** One fault of the input: its field, and a sentence for the person who sent it. */
export type Issue = { field: string; message: string };

/** The messages of each field, as a form shows them beside it. */
export function groupByField(issues: readonly Issue[]): Record<string, string[]> {
  // A field may be called "constructor" or "__proto__".
  const byField = new Map<string, string[]>();
  for (const { field, message } of issues) {
    byField.set(field, [...(byField.get(field) ?? []), message]);
  }
  return Object.fromEntries(byField);
}

type ErrorEntry = { status: number; title: string; detail: string };

/** A link that the HTML page of an error offers. */
export type ErrorAction = { label: string; href: string };

export type AppErrorOptions = {
  issues?: readonly Issue[];
  headers?: Readonly<Record<string, string>>;
  action?: ErrorAction;
  /** Redirects a browser that asked for a page there, in place of showing the error. */
  redirect?: string;
  /** The page on which a form waits, with what was typed, until the person has done what `action` leads to. */
  waitsAt?: string;
  /** Shows a form again with what was typed and this error, in place of a page of its own. */
  showsForm?: boolean;
  cause?: unknown;
};

/**
 * The one error that becomes an answer. Its texts are fixed in a table, so nothing of a request, a
 * database or another server leaks through them. Compare `code`, never the message.
 */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly #options: AppErrorOptions;

  constructor(code: string, entry: ErrorEntry, options: AppErrorOptions = {}) {
    super(entry.detail, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.status = entry.status;
    this.title = entry.title;
    this.#options = options;
  }

  /** A getter, so that no log prints it: the action may be an address with a token in it (IN13). */
  get options(): AppErrorOptions {
    return this.#options;
  }
}

/**
 * Declares the errors of a feature.
 *
 * @param table by code: status, title (a few words) and detail (a sentence that helps)
 * @returns a function that makes the error of a code, to be thrown
 */
export function defineErrors<const Table extends Record<string, ErrorEntry>>(table: Table) {
  Object.freeze(table);
  return (code: keyof Table & string, options?: AppErrorOptions): AppError => {
    const entry = table[code];
    if (!entry) throw new TypeError(`No error has the code ${code}.`);
    return new AppError(code, entry, options);
  };
}

/** Errors of HTTP itself, for all features. */
export const httpError = defineErrors({
  "request.moved": {
    status: 308,
    title: "This has moved",
    detail: "It has another address now, which your browser follows by itself.",
  },
  "request.malformed": {
    status: 400,
    title: "That request cannot be read",
    detail: "Something in the address or in what was sent is malformed.",
  },
  "request.not_signed_in": {
    status: 401,
    title: "You are not signed in",
    detail: "Sign in, then try again.",
  },
  "request.cross_site": {
    status: 403,
    title: "That request came from another site",
    detail:
      "For your safety, forms are only accepted from our own pages. Open the page again here.",
  },
  "request.embedded": {
    status: 403,
    title: "That cannot be loaded by another site",
    detail: "Open it in a window of its own.",
  },
  "request.not_permitted": {
    status: 403,
    title: "You may not do that",
    detail: "Your role in this organization does not allow it.",
  },
  "request.not_found": {
    status: 404,
    title: "There is nothing here",
    detail: "It does not exist, or it is not yours to see.",
  },
  "request.method_not_allowed": {
    status: 405,
    title: "That is not possible here",
    detail: "This address does not answer that kind of request.",
  },
  "request.too_slow": {
    status: 408,
    title: "That took too long",
    detail: "What was sent did not arrive in time.",
  },
  "request.too_large": {
    status: 413,
    title: "That is too large",
    detail: "What was sent is larger than this address accepts.",
  },
  "request.unsupported_media_type": {
    status: 415,
    title: "That format is not understood",
    detail: "This address does not accept that kind of content.",
  },
  "request.invalid": {
    status: 422,
    title: "Some of that is not valid",
    detail: "Please correct what is marked and send it again.",
  },
  "server.fault": {
    status: 500,
    title: "Something went wrong on our side",
    detail: "Please try again. If it happens again, send us the id below.",
  },
  "server.busy": {
    status: 503,
    title: "Too many files at once",
    detail:
      "Others are sending files at the moment. Nothing was changed. Please try again shortly.",
  },
  "server.unavailable": {
    status: 503,
    title: "We will be right back",
    detail: "Our database is not responding. Please try again shortly. You stay signed in.",
  },
});
