import { z } from "zod";

import type { HuggingFacePlace } from "../identity/person.ts";
import type { MembersFault } from "../database/generated/client.ts";

/** The members of an organization, by subject; the role is null if Hugging Face did not tell it. */
export type Members = ReadonlyMap<string, HuggingFacePlace["role"]>;

/** Thrown when a list of members cannot be trusted. */
export class MembersError extends Error {
  readonly fault: MembersFault;

  constructor(fault: MembersFault, options?: ErrorOptions) {
    super(`The members are not known: ${fault}.`, options);
    this.fault = fault;
  }
}

/** `/api/whoami-v2`: the owner of the token, with the present names of their organizations. */
const whoamiAnswer = z.object({
  id: z.string(),
  orgs: z.array(
    z.object({ id: z.string(), name: z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,100}$/) }),
  ),
});

/** A page of `/api/organizations/{name}/members`; the role is there for members of the organization only. */
const membersAnswer = z.array(
  z.object({
    _id: z.string().min(1),
    role: z.enum(["admin", "write", "contributor", "read"]).nullable().catch(null),
  }),
);

/** More than any organization has. */
const mostPages = 200;

/**
 * Asks Hugging Face for the members of an organization, with the token of one of them
 * (https://huggingface.co/docs/hub/api). A list without the owner of the token is refused: it is of another
 * organization, or incomplete.
 *
 * @throws MembersError
 */
export async function readMembers(
  endpoint: string,
  { subject, token }: { subject: string; token: string },
): Promise<Members> {
  const { origin } = new URL(endpoint);
  const { answer: asker } = await ask(new URL("/api/whoami-v2", origin), token, whoamiAnswer);
  // The organization may have another handle now, and another organization its former one.
  const organization = asker.orgs.find(({ id }) => id === subject);
  if (!organization) throw new MembersError("unusable");
  const members = new Map<string, HuggingFacePlace["role"]>();
  let next: URL | null = new URL(`/api/organizations/${organization.name}/members`, origin);
  for (let page = 0; next; page += 1) {
    // The token goes to Hugging Face only.
    if (page === mostPages || next.origin !== origin) throw new MembersError("unusable");
    const { answer, link } = await ask(next, token, membersAnswer);
    for (const { _id, role } of answer) members.set(_id, role);
    next = readNext(link, next);
  }
  if (!members.has(asker.id)) throw new MembersError("unusable");
  return members;
}

async function ask<Schema extends z.ZodType>(
  url: URL,
  token: string,
  schema: Schema,
): Promise<{ answer: z.output<Schema>; link: string | null }> {
  const { response, body } = await fetchJson(url, token);
  if (response.status === 401 || response.status === 403) throw new MembersError("refused");
  if (response.status === 429 || response.status >= 500) throw new MembersError("unavailable");
  const parsed = schema.safeParse(body);
  if (!response.ok || !parsed.success) throw new MembersError("unusable");
  return { answer: parsed.data, link: response.headers.get("link") };
}

async function fetchJson(url: URL, token: string) {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { response, body: parseJson(text) };
  } catch (error) {
    throw new MembersError("unavailable", { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 8288, as Hugging Face writes it. */
function readNext(link: string | null, base: URL): URL | null {
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  return target === undefined ? null : new URL(target, base);
}
