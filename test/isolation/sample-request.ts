import { randomUUID } from "node:crypto";

import { z } from "zod";

import { inviteSomebody } from "./invite-somebody.ts";
import { askToJoin } from "../support/join-requests.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";
import { openWayIn, sealChoice } from "./ways-in.ts";

export type DeclaredRoute = RunningApplication["routes"][number];

/** Whose things a request is filled with: an organization, and an owner of it to make them. */
export type Place = {
  organization: Organization;
  owner: Person;
  /** Who asks, if it is somebody from outside. */
  guest?: Person;
};

type Fields = Record<string, unknown>;

/** What a request would send: a path without gaps, the query it needs, and a body that is valid. */
export type SampleRequest = { path: string; query: Fields; body: Fields | undefined };

const wordsOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);

/** The names of a route's parameters. */
export const listParams = (route: Pick<DeclaredRoute, "path">) => wordsOf(route.path);

/** Makes, in a place, what a parameter or a field of that name stands for, and tells its id. */
async function makeNamed(
  application: RunningApplication,
  place: Place,
  name: string,
  path: string,
): Promise<string> {
  const collection = path.slice(0, path.indexOf(`/:${name}`));
  if (name === "slug") return place.organization.slug;
  if (name === "organizationId") return place.organization.id;
  if (name === "token") return (await inviteSomebody(application, place, path)).token;
  if (name === "invitationId" && !collection.startsWith("/o/"))
    return (await inviteSomebody(application, place, path)).id;
  if (name === "userId") {
    const member = await application.createPerson();
    await application.addMember(place.organization, member, "viewer");
    return member.id;
  }
  if (name === "requestId") {
    // What is not below an organization's address is the person's own.
    const isOwn = collection.startsWith("/organizations/");
    const asker = isOwn ? (place.guest ?? place.owner) : await application.createPerson();
    return askToJoin(application, place.organization, asker);
  }
  return createThroughApplication(application, place, collection);
}

/** Whatever an organization has is made by a POST to where it is listed, whose audit event tells the id. */
async function createThroughApplication(
  application: RunningApplication,
  place: Place,
  collection: string,
): Promise<string> {
  const below = collection.slice(collection.indexOf(":slug"));
  const creation = application.routes.find(
    ({ method, path }) => method === "POST" && path.endsWith(`/${below}`),
  );
  if (!creation) throw new Error(`Nothing is declared that makes what ${collection}/… is about.`);
  const owner = await application.signInAs(place.owner);
  const sample = await sampleRequest(application, creation, place);
  const answer = await send(owner, creation, sample);
  if (answer.status >= 400) throw new Error(`POST ${collection} answered ${answer.status}.`);
  // As if time had passed since it was made, so that it may be done again.
  await application.query("update invitations set mail_requested_at = now() - interval '1 hour'");
  const [event] = await application.query<{ id: string }>(
    "select e.target_id as id from audit_events e where organization_id = $1 order by e.id desc limit 1",
    [place.organization.id],
  );
  return event?.id ?? "";
}

/** What a field is filled with, by its name; what is not here has to be a choice of words or a literal. */
function fillField(name: string, schema: z.core.JSONSchema.BaseSchema, place: Place): unknown {
  const { organization, owner } = place;
  const known: Fields = {
    name: `Sample ${randomUUID().slice(0, 8)}`,
    confirmation: organization.name,
    account: (place.guest ?? owner).id,
    recipients: `sample-${randomUUID()}@example.com`,
    days: "7",
    maxUses: "",
    domains: "",
    // Not the one that whoever it is given to has already.
    role: "member",
  };
  const value = schema.const ?? known[name] ?? schema.enum?.at(-1);
  if (value === undefined) throw new Error(`Nothing is known to fill the field "${name}" with.`);
  return value;
}

/** Makes what a field of that name is about, where its value is not known from the start. */
type Makers = Readonly<Record<string, () => Promise<string>>>;

/** Everything that a schema requires, and a name; what else is optional stays away. */
async function fillSchema(
  schema: z.ZodType | undefined,
  place: Place,
  makers: Makers,
): Promise<Fields> {
  if (!schema) return {};
  const description = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const fields: Fields = {};
  const required = description.required ?? [];
  const names = Object.keys(description.properties ?? {});
  for (const name of names.filter((each) => each === "name" || required.includes(each))) {
    const field = description.properties?.[name];
    if (typeof field !== "object") throw new Error(`The field "${name}" is not described.`);
    fields[name] = (await makers[name]?.()) ?? fillField(name, field, place);
  }
  return fields;
}

/**
 * A request that a route would fulfil for an owner of the place: its parameters name things that are there,
 * made for it, and its query and body are valid.
 *
 * @param params instead of what would be made
 * @throws for a parameter or a field that nothing is known about
 */
export async function sampleRequest(
  application: RunningApplication,
  route: DeclaredRoute,
  place: Place,
  params: Record<string, string> = {},
): Promise<SampleRequest> {
  let path = route.path;
  const isWayIn = path.startsWith("/organizations/:organizationId/hugging-face/");
  const known = { ...(isWayIn && (await openWayIn(application, place))), ...params };
  for (const name of listParams(route)) {
    const value = known[name] ?? (await makeNamed(application, place, name, route.path));
    path = path.replace(`:${name}`, encodeURIComponent(value));
  }
  const makers: Makers = {
    userId: () => makeNamed(application, place, "userId", ""),
    choice: () => sealChoice(application, place),
  };
  return {
    path,
    query: await fillSchema(route.query, place, makers),
    body: route.body && (await fillSchema(route.body, place, makers)),
  };
}

/** Sends it as the route takes it; errors come as problem+json, with their code. */
export function send(
  agent: Agent,
  route: Pick<DeclaredRoute, "method" | "bodyFormat">,
  { path, query, body }: SampleRequest,
) {
  const method = route.method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
  const request = agent[method](path).query(query).accept("json");
  if (!body) return request;
  return request.type(route.bodyFormat ?? "form").send(body);
}
