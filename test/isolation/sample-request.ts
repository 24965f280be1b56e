import { randomUUID } from "node:crypto";

import { z } from "zod";

import { featureTests } from "../features.ts";
import type { Agent, Organization, Person, RunningApplication } from "../support/application.ts";

export type DeclaredRoute = RunningApplication["routes"][number];

export const nameOf = ({ method, path }: Pick<DeclaredRoute, "method" | "path">) =>
  `${method} ${path}`;

/** The organization of a request, the owner who makes its things, and the guest, if the request is a guest's. */
export type Place = { organization: Organization; owner: Person; guest?: Person };

type Fields = Record<string, unknown>;

/** A complete request: a path, the required query, and a valid body. */
export type SampleRequest = { path: string; query: Fields; body: Fields | undefined };

const wordsOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);

/** The names of a route's parameters. */
export const listParams = (route: Pick<DeclaredRoute, "path">) => wordsOf(route.path);

/** Another organization that the owner of the place can join, for routes of guests. */
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
  if (name === "picture") return uploadPicture(application, place);
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

/** Starts another session of the owner. @returns its public id */
async function startSession(application: RunningApplication, { owner }: Place): Promise<string> {
  const { id } = await application.createSessionCookie(owner);
  const [session] = await application.query<{ id: string }>(
    "select public_id as id from sessions where id_hash = sha256($1)",
    [id],
  );
  return session?.id ?? "";
}

/** A PNG of one pixel. */
export const samplePicture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

/** Gives the organization a picture. @returns the last part of its path */
async function uploadPicture(
  application: RunningApplication,
  { organization }: Place,
): Promise<string> {
  const token = randomUUID();
  await application.query(
    `insert into organization_pictures (organization_id, token_hash, content) values ($1, sha256($2), $3)
         on conflict (organization_id) do update set token_hash = excluded.token_hash`,
    [organization.id, token, samplePicture],
  );
  return token;
}

/** One browser for each owner: the number of sessions of a person is limited. */
const browsers = new WeakMap<Person, Promise<Agent>>();

function openBrowser(application: RunningApplication, owner: Person): Promise<Agent> {
  const browser = browsers.get(owner) ?? application.signInAs(owner);
  browsers.set(owner, browser);
  return browser;
}

/** Creates a thing with a POST to its collection. @returns its id, from the audit event */
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

/** Texts for usual fields: an empty choice, a number, a day, a text. */
const guesses = ["", "1", "2030-01-31", "Sample"];

/** The value of a field: by its name, or else a choice, a literal, or a guess that it accepts. */
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
    file: samplePicture,
    logout_token: "made-up",
    token: "hf_made_up_token",
    recipients: `sample-${randomUUID()}@example.com`,
    days: "7",
    maxUses: "",
    domains: "",
    // Not the role that the sample member has already.
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

/** Whether the field accepts the value, regardless of other fields. */
function takes(schema: z.ZodObject, name: string, value: string): boolean {
  const field = schema.shape[name];
  return field !== undefined && z.safeParse(field, value).success;
}

/** Makes what a field of that name is about, where its value is not known from the start. */
type Makers = Readonly<Record<string, () => Promise<string> | null>>;

/** The required fields of a schema, and a name; other optional fields are left out. */
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
 * A request that a route would fulfil for an owner of the place: its parameters name things that it makes, and its query and
 * body are valid.
 *
 * @param params values to use in place of new things
 * @throws for an unknown parameter or field
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

/** Sends a request in the route's format; errors are problem+json, with their code. */
export function send(
  agent: Agent,
  route: Pick<DeclaredRoute, "method" | "bodyFormat" | "file">,
  { path, query, body }: Omit<SampleRequest, "body"> & { body: object | undefined },
) {
  const method = route.method.toLowerCase() as "get" | "post" | "put" | "patch" | "delete";
  const request = agent[method](path).query(query).accept("json");
  if (!body) return request;
  if (route.file) {
    for (const [name, value] of Object.entries(body as Fields)) {
      if (name === route.file.field && value instanceof Buffer)
        request.attach(name, value, "a.png");
      else request.field(name, String(value));
    }
    return request;
  }
  return request.type(route.bodyFormat ?? "form").send(body);
}
