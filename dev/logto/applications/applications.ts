import type { JsonObject, Page, Queryable } from "../store/database.ts";
import { type Change, defineTable, listPage } from "../store/table.ts";
import { createSecret, defaultSecret } from "./secrets.ts";

export const applicationTypes = ["Traditional", "SPA", "Native", "MachineToMachine"] as const;

/** The names are those of the Management API. */
type OidcClientMetadata = {
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri?: string | undefined;
  backchannelLogoutSessionRequired?: boolean | undefined;
};

export type Application = {
  id: string;
  name: string;
  description: string | null;
  type: (typeof applicationTypes)[number];
  oidcClientMetadata: OidcClientMetadata;
  customClientMetadata: JsonObject;
  customData: JsonObject;
  createdAt: Date;
};

export const applicationTable = defineTable<Application>("applications", 21);
export const findApplication = applicationTable.find;

/** Lists the newest first. An empty `types` means every type. */
export const listApplications = (
  sql: Queryable,
  { types, ...page }: { types: string[] } & Partial<Page>,
) =>
  listPage(
    sql,
    sql<
      Application[]
    >`select * from applications where ${types.length === 0} or type = any(${types}::text[])`,
    sql`created_at desc`,
    page,
  );

/** Makes its first secret as well, as Logto does; call it in a transaction, so that there is never one without. */
export async function createApplication(
  sql: Queryable,
  application: Change<Application>,
): Promise<Application> {
  const metadata = { redirectUris: [], postLogoutRedirectUris: [] };
  const created = await applicationTable.create(sql, {
    ...application,
    oidcClientMetadata: application.oidcClientMetadata ?? metadata,
  });
  await createSecret(sql, created.id, { name: defaultSecret });
  return created;
}
