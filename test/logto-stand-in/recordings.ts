import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

export type Members = Record<string, unknown>;
export type RecordedRequest = {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** `management`: sent with a fresh token for the Management API in place of the recorded one. */
  token?: "management";
  form?: Record<string, string>;
  body?: unknown;
  rawBody?: string;
};
type RecordedResponse = { status: number; headers: Record<string, string>; body: unknown };
export type Recording = { name: string; request: RecordedRequest; response: RecordedResponse };

/** Entries of test/fixtures/logto/<area>.json: an excerpt of what a real Logto server answered. */
export function readRecordings(area: string): Recording[] {
  const { entries }: { entries: Recording[] } = readFixture(area);
  return entries;
}

/** The same, for entries of another shape, which the caller names. */
export function readFixture(area: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/logto/${area}.json`, import.meta.url), "utf8"),
  );
}

export function pickRecording<Entry extends { name: string }>(
  entries: Entry[],
  name: string,
): Entry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`no recording is called “${name}”`);
  return entry;
}

/**
 * Routes of the Management API that were recorded and that the stand-in does not have: neither the application nor
 * another test calls them. A replay checks that they are missing, so nothing on this list is skipped in silence.
 */
export const notImplemented = [
  "GET /api/users/{id}/custom-data",
  "GET /api/users/{id}/all-identities",
  "GET /api/users/{id}/identities/{target}",
  "GET /api/users/{id}/has-password",
  "POST /api/users/{id}/password/verify",
  "PATCH /api/users/{id}/custom-data",
  "PATCH /api/users/{id}/profile",
  "GET /api/users/{id}/organizations",
  "POST /api/organizations/{id}/users/{userId}/roles",
  "DELETE /api/organizations/{id}/users/{userId}/roles/{roleId}",
  "POST /api/organizations/{id}/jit/email-domains",
  "DELETE /api/organizations/{id}/jit/email-domains/{domain}",
  "POST /api/organizations/{id}/jit/roles",
  "DELETE /api/organizations/{id}/jit/roles/{roleId}",
  "GET /api/organization-scopes/{id}",
  "PATCH /api/organization-scopes/{id}",
  "DELETE /api/organization-scopes/{id}",
  "GET /api/organization-roles/{id}",
  "PATCH /api/organization-roles/{id}",
  "POST /api/organization-roles/{id}/scopes",
  "DELETE /api/organization-roles/{id}/scopes/{scopeId}",
  "PATCH /api/hooks/{id}/signing-key",
  "DELETE /api/applications/{id}/secrets/{name}",
  "GET /api/roles",
  "POST /api/applications/{id}/roles",
  // With it the body that a test delivery sends, which is an entry without a request.
  "POST /api/hooks/{id}/test",
] as const;

/** @returns the route of the list above that a recorded request is for */
export function findNotImplemented({ method, path }: RecordedRequest): string | undefined {
  const [pathname] = path.split("?");
  return notImplemented.find((route) =>
    new RegExp(`^${route.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(`${method} ${pathname}`),
  );
}

/** Where the recorded server was; replaced by where the stand-in is. */
const recordedOrigin = "http://127.0.0.1:3301";

/**
 * Replays recordings against the stand-in and lists the differences. Ids are variables: the id a recorded answer held is
 * bound to the one the stand-in gave, and must stay so through every later request and answer. Everything else must be
 * equal, but for times (any time will do) and what is made at random (tokens and key ids of 256 bits).
 */
export class Replay {
  readonly #endpoint: string;
  readonly #managementToken: string;
  readonly #unset: ReadonlySet<string>;
  readonly #ids = new Map<string, string>();

  /** `unset`: members that may be null here although they were set there (such as the time of an earlier sign-in). */
  constructor(endpoint: string, managementToken = "", unset: string[] = []) {
    this.#endpoint = endpoint;
    this.#managementToken = managementToken;
    this.#unset = new Set(unset);
  }

  bind(recordedId: string, id: string): void {
    this.#ids.set(recordedId, id);
  }

  idFor(recordedId: string): string {
    return this.#ids.get(recordedId) ?? recordedId;
  }

  /** Sends a recorded request and compares the answer. `replaced`: form fields, or the `authorization` header. */
  async differences(
    { name, request, response: recorded }: Recording,
    replaced: Record<string, string> = {},
  ): Promise<string[]> {
    const response = await this.send(request, replaced);
    const text = await response.text();
    const missing = findNotImplemented(request);
    if (missing !== undefined) {
      const isMissing =
        response.status === 405 || (response.status === 404 && !text.includes("code"));
      return isMissing ? [] : [`${name}: ${missing} is implemented`];
    }
    if (response.status !== recorded.status) {
      return [`${name}: status ${response.status} instead of ${recorded.status}: ${text}`];
    }
    // The addresses of other pages of a list: the stand-in does not have them.
    const { link: _pages, ...recordedHeaders } = recorded.headers;
    const headers = Object.entries(recordedHeaders).flatMap(([header, value]) => {
      const actual = response.headers.get(header);
      const [left, right] = header === "allow" ? [listOf(actual), listOf(value)] : [actual, value];
      return this.compare(left, right, `${name}: ${header}`);
    });
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    const body: unknown = isJson && text !== "" ? JSON.parse(text) : text;
    if (isPage(recorded.body)) return headers;
    return [...headers, ...this.compare(body, recorded.body ?? "", `${name}: body`)];
  }

  /** Replays recordings that tell one story: later ones are about what earlier ones created. */
  async play(recordings: Recording[]): Promise<string[]> {
    const differences: string[] = [];
    for (const recording of recordings) differences.push(...(await this.differences(recording)));
    return differences;
  }

  async send(request: RecordedRequest, replaced: Record<string, string> = {}): Promise<Response> {
    const { method, path, headers: recordedHeaders = {}, token } = request;
    const headers = new Headers(recordedHeaders);
    const [, credentials] =
      /^Basic <base64\((.*)\)>$/.exec(headers.get("authorization") ?? "") ?? [];
    if (credentials !== undefined) headers.set("authorization", `Basic ${btoa(credentials)}`);
    if (token) headers.set("authorization", `Bearer ${this.#managementToken}`);
    if (replaced["authorization"]) headers.set("authorization", replaced["authorization"]);
    const body = this.#bodyOf(request, replaced);
    return fetch(this.#endpoint + this.translate(path), {
      method,
      redirect: "manual",
      headers,
      body,
    });
  }

  #bodyOf(
    { form, body, rawBody }: RecordedRequest,
    replaced: Record<string, string>,
  ): string | null {
    if (!form) return body === undefined ? (rawBody ?? null) : this.translate(JSON.stringify(body));
    const fields = Object.entries(form).map(([name, value]) => [
      name,
      replaced[name] || this.translate(value),
    ]);
    return new URLSearchParams(Object.fromEntries(fields)).toString();
  }

  /** How an actual value differs from a recorded one; `path` names the place. */
  compare(actual: unknown, recorded: unknown, path: string): string[] {
    if (typeof recorded === "string" && typeof actual === "string")
      return this.#compareText(actual, recorded, path);
    if (Array.isArray(recorded) && Array.isArray(actual))
      return this.#compareLists(actual, recorded, path);
    if (isRecordedToken(recorded) && typeof actual === "string")
      return this.#compareToken(actual, recorded, path);
    if (isMembers(recorded) && isMembers(actual))
      return this.#compareMembers(actual, recorded, path);
    if (isTime(recorded) && isTime(actual)) return [];
    return isDeepStrictEqual(actual, recorded) ? [] : [describe(path, actual, recorded)];
  }

  #compareMembers(actual: Members, full: Members, path: string): string[] {
    const recorded = withoutFaults(full);
    const [names, recordedNames] = [actual, recorded].map((value) =>
      Object.keys(value).toSorted().join(" "),
    );
    if (names !== recordedNames) return [describe(`${path} has the members`, names, recordedNames)];
    return Object.entries(recorded).flatMap(([name, value]) =>
      this.#unset.has(name) && actual[name] === null
        ? []
        : this.compare(actual[name], value, `${path}.${name}`),
    );
  }

  /** Lists of things with an id already bound are compared in any order: Logto sorts several of them by random ids. */
  #compareLists(actual: unknown[], recorded: unknown[], path: string): string[] {
    if (actual.length !== recorded.length) return [describe(path, actual, recorded)];
    return recorded.flatMap((item, index) => {
      const id = this.#ids.get(idOf(item) ?? "");
      const partner =
        id === undefined ? actual[index] : actual.find((candidate) => idOf(candidate) === id);
      return this.compare(partner, item, `${path}[${index}]`);
    });
  }

  #compareText(actual: string, recorded: string, path: string): string[] {
    if (isRandom(recorded) && isRandom(actual)) return [];
    if (isSecret(recorded) && isSecret(actual)) return [];
    if (isTimestamp(recorded) && isTimestamp(actual)) return [];
    if (isRecordedId(recorded) && isId(actual) && !this.#ids.has(recorded))
      this.bind(recorded, actual);
    const expected = this.translate(recorded);
    return actual === expected ? [] : [describe(path, actual, expected)];
  }

  #compareToken(actual: string, { $jwt }: RecordedToken, path: string): string[] {
    const { header, claims } = decodeToken(actual);
    return [
      ...this.compare(header, $jwt.header, `${path} header`),
      ...this.compare(claims, $jwt.claims, `${path} claims`),
    ];
  }

  /** Origin and ids have nothing in them that JSON would escape, so this does for text and for JSON. */
  translate(text: string): string {
    const moved = text
      .replaceAll(recordedOrigin, this.#endpoint)
      .replaceAll(encodeURIComponent(recordedOrigin), encodeURIComponent(this.#endpoint));
    return [...this.#ids].reduce(
      (result, [recorded, id]) => result.replaceAll(recorded, id),
      moved,
    );
  }
}

/** A refusal of the input or the token without the list of faults, which the stand-in does not make. */
function withoutFaults(body: Members): Members {
  if (!["guard.invalid_input", "auth.unauthorized"].includes(String(body["code"]))) return body;
  const { data: _faults, details: _sentences, ...rest } = body;
  return rest;
}

type RecordedToken = { $jwt: { header: Members; claims: Members } };

/** Header and claims of a JWT, unverified. */
export function decodeToken(token: string): { header: Members; claims: Members } {
  const [header = "", claims = ""] = token.split(".");
  return { header: decodePart(header), claims: decodePart(claims) };
}

function decodePart(part: string): Members {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

function describe(path: string, actual: unknown, recorded: unknown): string {
  return `${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(recorded)}`;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isRecordedToken = (value: unknown): value is RecordedToken =>
  isMembers(value) && "$jwt" in value;
/** Of HTML the recordings keep only that it was HTML. */
const isPage = (body: unknown) => isMembers(body) && "html" in body;
const listOf = (header: string | null) => (header ?? "").split(", ").toSorted();

function idOf(value: unknown): string | undefined {
  return isMembers(value) && typeof value["id"] === "string" ? value["id"] : undefined;
}

const isId = (text: string) => /^(?:[a-z0-9]{12}|[a-z0-9]{21})$/.test(text);
/** Words can be as long as an id, but have no digits; the recorded ids all have some. */
const isRecordedId = (text: string) => isId(text) && /\d/.test(text);
/** Opaque tokens, `jti`, `kid`: 256 random bits. */
const isRandom = (text: string) => /^[\w-]{43}$/.test(text);
const isTimestamp = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
/** An application's secret, a webhook's signing key. */
const isSecret = (text: string) => /^[A-Za-z0-9]{32}$/.test(text);
/** Milliseconds of a record, or seconds of a token. */
const isTime = (value: unknown) =>
  typeof value === "number" && ((value > 1.6e12 && value < 3e12) || (value > 1.6e9 && value < 3e9));
