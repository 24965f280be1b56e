import { z } from "zod";

import { LogtoError } from "../../src/logto/client/logto-error.ts";
import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import type { CastMember } from "./cast.ts";

/** The accounts that the demo people sign in with. */
export type DemoAccounts = {
  issuer: string;
  /** Makes a person's account, or finds the one made before. @returns its subject */
  enroll(person: CastMember): Promise<string>;
};

/** Says in a sentence why the demo cannot be set up. */
export class DemoError extends Error {
  override name = "DemoError";
}

/** No other person has an address there: `.test` is reserved (RFC 2606). */
export const addressOf = ({ identifier }: CastMember) => `${identifier}@example.test`;

/** No accounts. The name `.invalid` is reserved: no user can sign in through it, and Logto does not know its users. */
export const noAccounts: DemoAccounts = {
  issuer: "https://demo.invalid",
  enroll: ({ identifier }) => Promise.resolve(identifier),
};

/** Accounts at a Logto, with the published password. */
export function accountsAtLogto(logto: ManagementApi): DemoAccounts {
  return {
    issuer: logto.issuer,
    async enroll(person) {
      try {
        return await createAccount(logto, person);
      } catch (error) {
        if (!(error instanceof LogtoError) || error.status !== 422) throw error;
        if (error.code?.startsWith("password.")) {
          throw new DemoError(
            `Logto refuses the password of the demo people, ${person.password}: its password policy is too strict for it (Console, Security).`,
            { cause: error },
          );
        }
        return findAccount(logto, person, error);
      }
    },
  };
}

async function createAccount(logto: ManagementApi, person: CastMember): Promise<string> {
  const { identifier: username, name, password } = person;
  const body = { username, primaryEmail: addressOf(person), password, name };
  const { id } = await logto.read(z.object({ id: z.string() }), (client) =>
    client.POST("/api/users", { body }),
  );
  return id;
}

const account = z.object({ id: z.string(), primaryEmail: z.string().nullable() });

/** Finds the account by its address: another person may have the username. */
async function findAccount(
  logto: ManagementApi,
  person: CastMember,
  refusal: LogtoError,
): Promise<string> {
  const search = { "search.primaryEmail": addressOf(person), "mode.primaryEmail": "exact" };
  const [found] = await logto.list(account, (client, query) =>
    client.GET("/api/users", { params: { query: { ...query, ...search } } }),
  );
  if (found?.primaryEmail === addressOf(person)) return found.id;
  throw new DemoError(
    `Logto makes no account for ${person.identifier}: another user may have that username (${refusal.reason}).`,
    { cause: refusal },
  );
}
