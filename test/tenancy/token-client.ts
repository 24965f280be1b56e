import type { Role } from "../../src/access/roles.ts";
import type { DeclaredRoute, SampleRequest } from "../isolation/sample-request.ts";
import type { Organization, Person, RunningApplication } from "../support/application.ts";

export const isOfApi = ({ path }: Pick<DeclaredRoute, "path">) => path.startsWith("/api/v1/");
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

type Asked = { status: number; code: string | undefined; challenge: string | null; text: string };

/** Sends requests as a client that is no browser and keeps no cookies. */
export function createClient(application: RunningApplication) {
  return async function ask(
    { method }: Pick<DeclaredRoute, "method">,
    { path, query, body }: SampleRequest,
    headers: Record<string, string>,
  ): Promise<Asked> {
    const fields = Object.entries(query).map(([name, value]) => [name, String(value)]);
    const search = new URLSearchParams(fields).toString();
    const answer = await fetch(`${application.baseUrl}${path}${search && `?${search}`}`, {
      method,
      redirect: "manual",
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json");
    const { code }: { code?: string } = isProblem ? JSON.parse(text) : {};
    const challenge = answer.headers.get("www-authenticate");
    const requestId = answer.headers.get("x-request-id") ?? "-";
    return { status: answer.status, code, challenge, text: text.replaceAll(requestId, "") };
  };
}

/** A new person with a role in an organization. */
export async function join(
  application: RunningApplication,
  organization: Organization,
  role: Role,
): Promise<Person> {
  const person = await application.createPerson();
  await application.addMember(organization, person, role);
  return person;
}
