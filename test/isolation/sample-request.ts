import { randomUUID } from "node:crypto";

import { z } from "zod";

import { featureTests } from "../features.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";

export type DeclaredRoute = RunningApplication["routes"][number];

/** Whose things a request is filled with: an organization, and an owner of it to make them; for whom, if for a guest. */
export type Place = { organization: Organization; owner: Person; guest?: Person };

type Fields = Record<string, unknown>;

/** What a request would send: a path without gaps, the query it needs, and a body that is valid. */
export type SampleRequest = { path: string; query: Fields; body: Fields | undefined };

const wordsOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);

/** The names of a route's parameters. */
export const listParams = (route: Pick<DeclaredRoute, "path">) => wordsOf(route.path);

/** Of another organization, which is open to the owner of the place: what a route of a guest's is about. */
async function openElsewhere(application: RunningApplication, { owner }: Place): Promise<Place> {
  const host = await application.createPerson();
  const organization = await application.createOrganization(host);
  return { organization, owner: host, guest: owner };
}

/** Makes, in a place, what a parameter or a field of that name stands for, and tells its id. */
async function makeNamed(
  application: RunningApplication,
  place: Place,
  name: string,
  path: string,
): Promise<string> {
  const { organization, guest } = place;
  if (name === "slug") return organization.slug;
  if (name === "sessionId") return startSession(application, place);
  if (name === "organizationId") return organization.id;
  if (name === "userId") {
    const member = await application.createPerson();
    await application.addMember(organization, member, "viewer");
    return member.id;
  }
  for (const { params } of featureTests) {
    const made = await params?.[name]?.(application, place, path);
    if (made) return made;
  }
  const collection = path.slice(0, path.indexOf(`/:${name}`));
  const id = await createThroughApplication(application, place, collection);
  for (const { afterMade } of featureTests) await afterMade?.(application, { name, id, guest });
  return id;
}

/** Another session of the owner's, by its public id. */
async function startSession(application: RunningApplication, { owner }: Place): Promise<string> {
  const { id } = await application.createSessionCookie(owner);
  const [session] = await application.query<{ id: string }>(
    "select public_id as id from sessions where id_hash = sha256($1)",
    [id],
  );
  return session?.id ?? "";
}

/** A browser for each owner who makes things: a person has only so many sessions, and a test wants to keep its own. */
const browsers = new WeakMap<Person, Promise<Agent>>();

function openBrowser(application: RunningApplication, owner: Person): Promise<Agent> {
  const browser = browsers.get(owner) ?? application.signInAs(owner);
  browsers.set(owner, browser);
  return browser;
}

/** Whatever an organization has is made by a POST to where it is listed, whose audit event tells the id. */
async function createThroughApplication(
  application: RunningApplication,
  place: Place,
  collection: string,
): Promise<string> {
  const below = collection.replace(/^.*:(slug|organizationId)/, ":slug");
  const creation = application.routes.find(
    ({ method, path }) => method === "POST" && path.endsWith(`/${below}`),
  );
  if (!creation) throw new Error(`Nothing is declared that makes what ${collection}/… is about.`);
  const owner = await openBrowser(application, place.owner);
  const sample = await sampleRequest(application, creation, place);
  const answer = await send(owner, creation, sample);
  if (answer.status >= 400) throw new Error(`POST ${collection} answered ${answer.status}.`);
  const [event] = await application.query<{ id: string }>(
    "select e.target_id as id from audit_events e where organization_id = $1 order by e.id desc limit 1",
    [place.organization.id],
  );
  return event?.id ?? "";
}

/** Texts of which each usual kind of field takes one: a choice that may stay open, a number, a day, a text. */
const guesses = ["", "1", "2030-01-31", "Sample"];

/** What a field is filled with, by its name; what is not here has to be a choice, a literal, or take a guess. */
function fillField(
  name: string,
  description: z.core.JSONSchema.BaseSchema,
  schema: z.ZodType,
  place: Place,
): unknown {
  const { organization, owner } = place;
  const known: Fields = {
    name: `Sample ${randomUUID().slice(0, 8)}`,
    domain: `sample-${randomUUID().slice(0, 8)}.example`,
    confirmation: organization.name,
    account: owner.id,
    logout_token: "made-up",
    token: "hf_made_up_token",
    recipients: `sample-${randomUUID()}@example.com`,
    days: "7",
    maxUses: "",
    domains: "",
    // Not the one that whoever it is given to has already.
    role: "member",
  };
  const value =
    description.const ??
    known[name] ??
    description.enum?.at(-1) ??
    (schema instanceof z.ZodObject && guesses.find((guess) => takes(schema, name, guess)));
  if (value === undefined || value === false)
    throw new Error(`Nothing is known to fill the field "${name}" with.`);
  return value;
}

/** Whether that is a value of the field, whatever the others are. */
function takes(schema: z.ZodObject, name: string, value: string): boolean {
  const field = schema.shape[name];
  return field !== undefined && z.safeParse(field, value).success;
}

/** Makes what a field of that name is about, where its value is not known from the start. */
type Makers = Readonly<Record<string, () => Promise<string> | null>>;

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
    fields[name] = (await makers[name]?.()) ?? fillField(name, field, schema, place);
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
  const isOfGuest = listParams(route).some((name) => ["organizationId", "token"].includes(name));
  const home = isOfGuest ? await openElsewhere(application, place) : place;
  for (const name of listParams(route)) {
    const value = params[name] ?? (await makeNamed(application, home, name, route.path));
    path = path.replace(`:${name}`, encodeURIComponent(value));
  }
  const makers: Makers = {
    userId: () => makeNamed(application, place, "userId", ""),
    ...Object.fromEntries(
      featureTests
        .flatMap(({ fields }) => Object.entries(fields ?? {}))
        .map(([name, make]) => [name, () => make(application, place, route.path)]),
    ),
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
  { path, query, body }: Omit<SampleRequest, "body"> & { body: object | undefined },
) {
  const method = route.method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
  const request = agent[method](path).query(query).accept("json");
  if (!body) return request;
  return request.type(route.bodyFormat ?? "form").send(body);
}
