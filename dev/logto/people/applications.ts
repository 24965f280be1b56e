import { type Queryable, toJson } from "../database.ts";

export type Application = {
  id: string;
  name: string;
  type: "Traditional" | "MachineToMachine";
  secret: string;
  oidcClientMetadata: { redirectUris: string[]; postLogoutRedirectUris: string[] };
  customData: Record<string, unknown>;
  createdAt: Date;
};

export const applicationColumns = (sql: Queryable) => sql`
  applications.id, applications.name, applications.type, applications.secret,
  applications.oidc_client_metadata as "oidcClientMetadata", applications.custom_data as "customData",
  applications.created_at as "createdAt"`;

export async function findApplication(
  sql: Queryable,
  id: string,
): Promise<Application | undefined> {
  const [application] = await sql<Application[]>`
    select ${applicationColumns(sql)} from applications where id = ${id}`;
  return application;
}

/** The applications the stand-in is started with: whatever is stored of them gives way. */
export async function registerApplication(
  sql: Queryable,
  application: Omit<Application, "customData" | "createdAt">,
): Promise<void> {
  const { id, name, type, secret, oidcClientMetadata } = application;
  await sql`
    insert into applications (id, name, type, secret, oidc_client_metadata)
    values (${id}, ${name}, ${type}, ${secret}, ${sql.json(toJson(oidcClientMetadata))})
    on conflict (id) do update set name = excluded.name, type = excluded.type, secret = excluded.secret,
      oidc_client_metadata = excluded.oidc_client_metadata`;
}
