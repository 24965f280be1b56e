import { productName } from "../../../src/runtime/product.ts";
import { type Database, type Queryable, toJson } from "../store/database.ts";
import type { Application } from "./applications.ts";
import { defaultSecret } from "./secrets.ts";

/** The applications that the stand-in is started with. */
export type GivenApplications = {
  /** The application people sign in through; without one, the Management API has to make it. */
  application?:
    | {
        id: string;
        secret: string;
        redirectUris: string[];
        postLogoutRedirectUris: string[];
        /** Told when a person signs out here; not when a user is suspended or deleted or a session ended by API. */
        backchannelLogoutUri?: string;
      }
    | undefined;
  /** May call the Management API: resource `https://default.logto.app/api`, scope `all`. */
  machineToMachine: { id: string; secret: string };
};

/**
 * Stores the applications that the stand-in is started with, each with its first secret. Settings that the Management
 * API has added since (such as a back-channel logout URI) stay.
 */
export async function storeGivenApplications(
  sql: Database,
  { application, machineToMachine }: GivenApplications,
): Promise<void> {
  await sql.begin(async (transaction) => {
    if (application) {
      const { id, secret, backchannelLogoutUri, ...uris } = application;
      const oidcClientMetadata = {
        ...uris,
        ...(backchannelLogoutUri !== undefined && {
          backchannelLogoutUri,
          // `sid` is in the id_token and in the logout token.
          backchannelLogoutSessionRequired: true,
        }),
      };
      const type = "Traditional";
      await store(transaction, { id, secret, name: productName, type, oidcClientMetadata });
    }
    await store(transaction, {
      ...machineToMachine,
      name: "Management client",
      type: "MachineToMachine",
      oidcClientMetadata: { redirectUris: [], postLogoutRedirectUris: [] },
    });
  });
}

type Given = Pick<Application, "id" | "name" | "type" | "oidcClientMetadata"> & { secret: string };

async function store(
  sql: Queryable,
  { id, secret, name, type, oidcClientMetadata }: Given,
): Promise<void> {
  await sql`
    insert into applications (id, name, type, oidc_client_metadata)
    values (${id}, ${name}, ${type}, ${sql.json(toJson(oidcClientMetadata))})
    on conflict (id) do update
      set oidc_client_metadata = applications.oidc_client_metadata || excluded.oidc_client_metadata`;
  await sql`
    insert into application_secrets (application_id, name, value)
    values (${id}, ${defaultSecret}, ${secret})
    on conflict (application_id, name) do update set value = excluded.value`;
}
