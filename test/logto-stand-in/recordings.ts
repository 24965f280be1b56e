import { readFileSync } from "node:fs";
import { expect } from "vitest";

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
export type RecordedResponse = { status: number; headers: Record<string, string>; body: unknown };
export type Recording = { name: string; request: RecordedRequest; response: RecordedResponse };

/** Entries of test/fixtures/logto/<area>.json, an excerpt of what a real Logto server answered. */
export function readRecordings<Entry = Recording>(area: string): Entry[] {
  const url = new URL(`../fixtures/logto/${area}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { entries: Entry[] }).entries;
}

export function pickRecording<Entry extends { name: string }>(
  entries: Entry[],
  name: string,
): Entry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`no recording is called “${name}”`);
  return entry;
}

/** Where the recorded server was; replaced by where the stand-in is. */
const recordedOrigin = "http://127.0.0.1:3301";

/**
 * Replays recordings against the stand-in. Ids are variables: the id a recorded answer held is bound to the one the
 * stand-in gave, and must stay so through every later request and answer. Everything else is compared exactly, but for
 * times (any time will do) and secrets made at random (which must have the recorded length).
 */
export class Replay {
  readonly #endpoint: string;
  readonly #managementToken: string | undefined;
  readonly #ids = new Map<string, string>();
  readonly #unset: ReadonlySet<string>;

  /** `unset`: members that need not be set here although they were there (such as the time of an earlier sign-in). */
  constructor(endpoint: string, managementToken?: string, unset: string[] = []) {
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

  async send(request: RecordedRequest, replaced: Record<string, string> = {}): Promise<Response> {
    const headers = new Headers(this.#translate(request.headers ?? {}) as Record<string, string>);
    const basic = /^Basic <base64\((.*)\)>$/.exec(headers.get("authorization") ?? "");
    if (basic) headers.set("authorization", `Basic ${btoa(basic[1] ?? "")}`);
    if (request.token) headers.set("authorization", `Bearer ${this.#managementToken}`);
    for (const [name, value] of Object.entries(replaced))
      if (name === "authorization") headers.set(name, value);
    const path = this.#translate(request.path) as string;
    return fetch(`${this.#endpoint}${path}`, {
      method: request.method,
      redirect: "manual",
      headers,
      body: this.#bodyOf(request, replaced) ?? null,
    });
  }

  #bodyOf(
    { form, body, rawBody }: RecordedRequest,
    replaced: Record<string, string>,
  ): BodyInit | undefined {
    if (form) {
      const fields = new URLSearchParams(this.#translate(form) as Record<string, string>);
      for (const name of [...fields.keys()]) if (replaced[name]) fields.set(name, replaced[name]);
      return fields.toString();
    }
    return body === undefined ? rawBody : JSON.stringify(this.#translate(body));
  }

  /** Replays recordings that tell one story: later ones are about what earlier ones created. */
  async play(recordings: Recording[]): Promise<void> {
    for (const { name, request, response } of recordings) {
      try {
        await this.expectAnswer(await this.send(request), response);
      } catch (error) {
        if (error instanceof Error) error.message = `${name}: ${error.message}`;
        throw error;
      }
    }
  }

  /** Compares status, the recorded headers, and the body. */
  async expectAnswer(response: Response, recorded: RecordedResponse): Promise<unknown> {
    const text = await response.text();
    expect(response.status, text).toBe(recorded.status);
    for (const [name, value] of Object.entries(recorded.headers)) {
      const actual = response.headers.get(name);
      if (name === "allow") expect(listOf(actual)).toEqual(listOf(value));
      else this.match(actual, value, name);
    }
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    const body: unknown = isJson && text !== "" ? JSON.parse(text) : text;
    if (recorded.body === null) expect(text).toBe("");
    else if (!isPage(recorded.body)) this.match(body, recorded.body, "body");
    return body;
  }

  /** Unifies an actual value with a recorded one; `path` names the place in a failure. */
  match(actual: unknown, recorded: unknown, path: string): void {
    if (Array.isArray(recorded)) return this.#matchArray(actual, recorded, path);
    if (typeof recorded === "object" && recorded !== null)
      return this.#matchObject(actual, recorded, path);
    if (typeof recorded === "string" && typeof actual === "string")
      return this.#matchString(actual, recorded, path);
    if (isTime(recorded) && isTime(actual)) return;
    expect(actual, path).toEqual(recorded);
  }

  #matchObject(actual: unknown, recorded: object, path: string): void {
    if ("$jwt" in recorded) return this.#matchToken(actual, recorded.$jwt as RecordedToken, path);
    const members = actual as Record<string, unknown>;
    expect(typeof actual, path).toBe("object");
    expect(Object.keys(members).toSorted(), path).toEqual(Object.keys(recorded).toSorted());
    for (const [name, value] of Object.entries(recorded)) {
      if (this.#unset.has(name) && members[name] === null) continue;
      this.match(members[name], value, `${path}.${name}`);
    }
  }

  /** Lists of things with an id already bound are compared in any order: Logto sorts several of them by random ids. */
  #matchArray(actual: unknown, recorded: unknown[], path: string): void {
    expect(actual, path).toHaveLength(recorded.length);
    const items = actual as unknown[];
    for (const [index, item] of recorded.entries()) {
      const id = this.#ids.get(idOf(item) ?? "");
      const partner =
        id === undefined ? items[index] : items.find((candidate) => idOf(candidate) === id);
      this.match(partner, item, `${path}[${index}]`);
    }
  }

  #matchString(actual: string, recorded: string, path: string): void {
    if (isRecordedId(recorded) && isId(actual) && actual.length === recorded.length) {
      if (!this.#ids.has(recorded)) this.bind(recorded, actual);
      expect(actual, path).toBe(this.#ids.get(recorded));
    } else if (isRandom(recorded)) {
      expect(isRandom(actual), `${path}: ${actual}`).toBe(true);
    } else {
      expect(actual, path).toBe(this.#translate(recorded));
    }
  }

  #matchToken(actual: unknown, recorded: RecordedToken, path: string): void {
    const { header, claims } = decodeToken(String(actual));
    this.match(header, { ...recorded.header, kid: header["kid"] }, `${path} header`);
    this.match(claims, recorded.claims, `${path} claims`);
  }

  #translate(value: unknown): unknown {
    if (typeof value === "string") {
      const withOrigin = value
        .replaceAll(recordedOrigin, this.#endpoint)
        .replaceAll(encodeURIComponent(recordedOrigin), encodeURIComponent(this.#endpoint));
      return [...this.#ids].reduce(
        (text, [recorded, id]) => text.replaceAll(recorded, id),
        withOrigin,
      );
    }
    if (Array.isArray(value)) return value.map((item) => this.#translate(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.#translate(member)]),
    );
  }
}

type RecordedToken = { header: Record<string, unknown>; claims: Record<string, unknown> };

export function decodeToken(token: string): RecordedToken {
  const [header, claims] = token
    .split(".")
    .slice(0, 2)
    .map(
      (part) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>,
    );
  if (!header || !claims) throw new Error(`not a JWT: ${token}`);
  return { header, claims };
}

const listOf = (header: string | null) => (header ?? "").split(", ").toSorted();

/** Of HTML the recordings keep only that it was HTML. */
function isPage(body: unknown): boolean {
  return typeof body === "object" && body !== null && "html" in body;
}

function idOf(value: unknown): string | undefined {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "string" ? id : undefined;
}

const isId = (text: string) => /^(?:[a-z0-9]{12}|[a-z0-9]{21})$/.test(text);
/** Words can be as long as an id, but have no digits; the recorded ids all have some. */
const isRecordedId = (text: string) => isId(text) && /\d/.test(text);
/** Opaque tokens, `jti`, `kid`: 256 random bits. */
const isRandom = (text: string) => /^[\w-]{43}$/.test(text);
/** Milliseconds of the user's record, or seconds of a token. */
const isTime = (value: unknown) =>
  typeof value === "number" && ((value > 1.6e12 && value < 3e12) || (value > 1.6e9 && value < 3e9));
