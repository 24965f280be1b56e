import { type Queryable, toJson, type JsonObject, type Page } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import { createSecret, defaultSecret } from "./secrets.ts";

export const applicationTypes = ["Traditional", "SPA", "Native", "MachineToMachine"] as const;
export type ApplicationType = (typeof applicationTypes)[number];

/** As the Management API names them. */
export type OidcClientMetadata = {
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri?: string | undefined;
  backchannelLogoutSessionRequired?: boolean | undefined;
};

export type Application = {
  id: string;
  name: string;
  description: string | null;
  type: ApplicationType;
  oidcClientMetadata: OidcClientMetadata;
  customClientMetadata: JsonObject;
  customData: JsonObject;
  createdAt: Date;
};

type Written = {
  name: string;
  description: string | null;
  oidcClientMetadata: OidcClientMetadata;
  customClientMetadata: JsonObject;
  customData: JsonObject;
};
/** What is undefined stays as it is. */
type Change = { [Field in keyof Written]?: Written[Field] | undefined };
type NewApplication = Change & Pick<Application, "name" | "type">;

export const applicationColumns = (sql: Queryable) => sql`
  applications.id, applications.name, applications.description, applications.type,
  applications.oidc_client_metadata as "oidcClientMetadata",
  applications.custom_client_metadata as "customClientMetadata",
  applications.custom_data as "customData", applications.created_at as "createdAt"`;

/** Newest first; every type when `types` is empty. */
export async function listApplications(
  sql: Queryable,
  { types, limit, offset = 0 }: { types: string[] } & Partial<Page>,
): Promise<{ total: number; applications: Application[] }> {
  const matches = types.length === 0 ? sql`true` : sql`type = any(${types}::text[])`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from applications where ${matches}`;
  const applications = await sql<Application[]>`
    select ${applicationColumns(sql)} from applications where ${matches}
    order by created_at desc limit ${limit ?? null} offset ${offset}`;
  return { total: count?.total ?? 0, applications: [...applications] };
}

export async function findApplication(
  sql: Queryable,
  id: string,
): Promise<Application | undefined> {
  const [application] = await sql<Application[]>`
    select ${applicationColumns(sql)} from applications where id = ${id}`;
  return application;
}

/** With its first secret, as Logto makes one; in a transaction, so that there is never one without. */
export async function createApplication(
  sql: Queryable,
  { name, description, type, ...metadata }: NewApplication,
): Promise<Application> {
  const {
    oidcClientMetadata = { redirectUris: [], postLogoutRedirectUris: [] },
    customClientMetadata = {},
    customData = {},
  } = metadata;
  const [application] = await sql<Application[]>`
    insert into applications
      (id, name, description, type, oidc_client_metadata, custom_client_metadata, custom_data)
    values (${createId(21)}, ${name}, ${description ?? null}, ${type}, ${sql.json(toJson(oidcClientMetadata))},
      ${sql.json(toJson(customClientMetadata))}, ${sql.json(toJson(customData))})
    returning ${applicationColumns(sql)}`;
  if (!application) throw new Error("the insert returned no row");
  await createSecret(sql, application.id, { name: defaultSecret });
  return application;
}

/** Objects in it replace what was there, whole. */
export async function updateApplication(
  sql: Queryable,
  id: string,
  { oidcClientMetadata, customClientMetadata, customData, ...texts }: Change,
): Promise<Application | undefined> {
  const objects = {
    oidc_client_metadata: oidcClientMetadata,
    custom_client_metadata: customClientMetadata,
    custom_data: customData,
  };
  const written = [
    ...Object.entries(texts).filter(([, value]) => value !== undefined),
    ...Object.entries(objects).flatMap(([column, value]) =>
      value === undefined ? [] : [[column, sql.json(toJson(value))] as const],
    ),
  ];
  const [application] = await sql<Application[]>`
    update applications set ${sql(Object.fromEntries(written))} where id = ${id}
    returning ${applicationColumns(sql)}`;
  return application;
}

export async function deleteApplication(sql: Queryable, id: string): Promise<boolean> {
  return (await sql`delete from applications where id = ${id} returning id`).length > 0;
}
