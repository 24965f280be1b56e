import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import type { EnterpriseAccount } from "../identity/profile.ts";
import type { Config } from "../config.ts";
import { isNotFound } from "./logto-error.ts";
import { createManagementApi, type ManagementApi } from "./management-api.ts";

/** How long a sign-in waits for what Logto knows of an enterprise. */
const timeoutMs = 3_000;

/** Where Logto tells by which of its connectors an enterprise signs somebody in; part of a user's answer. */
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
 * What enterprises say of somebody's address, and whether it is theirs to say: their connectors have domains at Logto, which
 * its operator has given them. What else an enterprise names may be anybody's.
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
  try {
    const { domains } = await api.read(connectorAnswer, (client) =>
      client.GET("/api/sso-connectors/{id}", { params: { path: { id } } }),
    );
    return domains.map((domain) => domain.toLowerCase());
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Finds the accounts at enterprises that sign somebody in; null where Logto does not tell now. */
type FindEnterprises = (subject: string) => Promise<EnterpriseAccount[] | null>;

/** For a sign-in; undefined where we may not ask Logto. */
export function findEnterprisesAt({
  endpoint,
  management,
}: Config["logto"]): FindEnterprises | undefined {
  if (!management) return undefined;
  const api = createManagementApi({ endpoint, ...management });
  const find = async (subject: string) => {
    const path = { userId: subject };
    const { ssoIdentities: accounts } = await api.read(userAnswer, (client) =>
      client.GET("/api/users/{userId}", {
        params: { path, query: { includeSsoIdentities: "true" } },
      }),
    );
    return describeEnterprises(api, accounts);
  };
  return (subject) =>
    Promise.race([find(subject).catch(() => null), wait(timeoutMs, null, { ref: false })]);
}
