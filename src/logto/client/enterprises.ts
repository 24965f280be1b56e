import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import type { EnterpriseAccount } from "../../identity/profile.ts";
import type { ManagementApi } from "./management-api.ts";

/** How long a sign-in waits for Logto to tell about an enterprise. */
const timeoutMs = 3_000;

/** The part of a user's answer that names the connectors by which enterprises sign them in. */
export const ssoIdentities = z
  .array(
    z.object({
      ssoConnectorId: z.string().min(1),
      detail: z.object({ email: z.string().nullish().catch(null) }).catch({ email: null }),
    }),
  )
  .default([]);

const userAnswer = z.object({ ssoIdentities });
const connectorAnswer = z.object({ domains: z.array(z.string()) });

/**
 * Tells which address each enterprise gives a user, and whether the address is in a domain that Logto's operator has given
 * that enterprise's connector. An address elsewhere may be anybody's.
 */
async function describeEnterprises(
  api: ManagementApi,
  accounts: z.output<typeof ssoIdentities>,
): Promise<EnterpriseAccount[]> {
  const ids = [...new Set(accounts.map(({ ssoConnectorId }) => ssoConnectorId))];
  const domains = new Map(
    await Promise.all(ids.map(async (id) => [id, await readDomains(api, id)] as const)),
  );
  return accounts.map(({ ssoConnectorId, detail }) => {
    const email = detail.email?.toLowerCase() ?? null;
    const domain = email?.slice(email.lastIndexOf("@") + 1);
    const isAtItsDomain =
      domain !== undefined && (domains.get(ssoConnectorId)?.includes(domain) ?? false);
    return { email, isAtItsDomain };
  });
}

/** @returns none where the connector is gone */
async function readDomains(api: ManagementApi, id: string): Promise<string[]> {
  const connector = await api.find(connectorAnswer, (client) =>
    client.GET("/api/sso-connectors/{id}", { params: { path: { id } } }),
  );
  return connector?.domains.map((domain) => domain.toLowerCase()) ?? [];
}

/**
 * Lets a sign-in ask which accounts at enterprises sign a user in.
 *
 * @returns a function whose answer is null if Logto does not tell in time
 */
export function findEnterprisesAt(api: ManagementApi) {
  const find = async (subject: string) => {
    const path = { userId: subject };
    const { ssoIdentities: accounts } = await api.read(userAnswer, (client) =>
      client.GET("/api/users/{userId}", {
        params: { path, query: { includeSsoIdentities: "true" } },
      }),
    );
    return describeEnterprises(api, accounts);
  };
  return (subject: string): Promise<EnterpriseAccount[] | null> =>
    Promise.race([find(subject).catch(() => null), wait(timeoutMs, null, { ref: false })]);
}
