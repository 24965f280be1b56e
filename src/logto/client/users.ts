import { z } from "zod";

import type { EnterpriseAccount } from "../../identity/profile.ts";
import { describeProfile } from "../../relying-party/claims.ts";
import type { PersonProfile } from "../../identity/profile.ts";
import { plainName } from "../../identity/plain-text.ts";
import { ssoIdentities } from "./enterprises.ts";
import type { ManagementApi } from "./management-api.ts";

/** A user as Logto has them now, in the form of a sign-in. */
export type UserAtLogto = PersonProfile & {
  isSuspended: boolean;
  /** Undefined if the user comes from a list, which does not name enterprises. */
  enterprises?: EnterpriseAccount[];
};

const userAnswer = z.object({
  id: z.string().min(1),
  username: z.unknown(),
  primaryEmail: z.unknown(),
  name: z.unknown(),
  avatar: z.unknown(),
  identities: z.unknown(),
  isSuspended: z.boolean(),
});

const userAlone = userAnswer.extend({ ssoIdentities });

const applicationAnswer = z.object({ name: plainName });

/** Does as Logto does for userinfo: it calls every address verified. */
function describeUser(issuer: string, user: z.output<typeof userAnswer>): UserAtLogto {
  const claims = {
    sub: user.id,
    username: user.username,
    email: user.primaryEmail,
    email_verified: typeof user.primaryEmail === "string",
    name: user.name,
    picture: user.avatar,
    identities: user.identities,
  };
  return { ...describeProfile(issuer, claims), isSuspended: user.isSuspended };
}

/** Whether the user's address comes from a linked account that does not vouch for it. */
export function hasDoubtfulEmail({ email, identities }: UserAtLogto): boolean {
  return identities.some(
    (identity) =>
      !identity.emailVerified &&
      email !== null &&
      identity.email?.toLowerCase() === email.toLowerCase(),
  );
}

/** @returns null if Logto has no user of this id */
export async function readUser(api: ManagementApi, subject: string): Promise<UserAtLogto | null> {
  const path = { userId: subject };
  const query = { includeSsoIdentities: "true" };
  const user = await api.find(userAlone, (client) =>
    client.GET("/api/users/{userId}", { params: { path, query } }),
  );
  // Only a sign-in needs the domains of enterprises: Logto asks the enterprise for them, which may take long.
  const enterprises = user?.ssoIdentities.map(({ detail }) => ({
    email: detail.email?.toLowerCase() ?? null,
    isAtItsDomain: null,
  }));
  return user && { ...describeUser(api.issuer, user), enterprises: enterprises ?? [] };
}

/** Lists all users, each as they were when their page was read. */
export function listUsers(api: ManagementApi): Promise<UserAtLogto[]> {
  const schema = userAnswer.transform((user) => describeUser(api.issuer, user));
  return api.list(schema, (client, query) => client.GET("/api/users", { params: { query } }));
}

/** @returns the name of a machine-to-machine application; null if Logto has none of this id */
export function readMachine(
  api: ManagementApi,
  subject: string,
): Promise<{ name: string | null } | null> {
  return api.find(applicationAnswer, (client) =>
    client.GET("/api/applications/{id}", { params: { path: { id: subject } } }),
  );
}

/** Changes the given parts of a profile. Logto sends a webhook for it. @throws LogtoError */
export async function changeUser(
  api: ManagementApi,
  subject: string,
  change: { name: string | null } | { avatar: string | null },
): Promise<void> {
  await api.send((client) =>
    client.PATCH("/api/users/{userId}", { params: { path: { userId: subject } }, body: change }),
  );
}

/** They may be gone already. */
export async function deleteUser(api: ManagementApi, subject: string): Promise<void> {
  await api.remove((client) =>
    client.DELETE("/api/users/{userId}", { params: { path: { userId: subject } } }),
  );
}

/** It may be unlinked already. @param target of the connector */
export async function unlinkIdentity(
  api: ManagementApi,
  subject: string,
  target: string,
): Promise<void> {
  await api.remove((client) =>
    client.DELETE("/api/users/{userId}/identities/{target}", {
      params: { path: { userId: subject, target } },
    }),
  );
}

const sessionsAnswer = z.object({
  sessions: z.array(z.object({ payload: z.object({ uid: z.string() }) })),
});

/** Signs a user out of Logto in every browser, and revokes what these sessions have granted to applications. */
export async function endSessions(api: ManagementApi, subject: string): Promise<void> {
  const path = { userId: subject };
  const { sessions } = await api.read(sessionsAnswer, (client) =>
    client.GET("/api/users/{userId}/sessions", { params: { path } }),
  );
  for (const { payload } of sessions) {
    await api.remove((client) =>
      client.DELETE("/api/users/{userId}/sessions/{sessionId}", {
        params: {
          path: { ...path, sessionId: payload.uid },
          query: { revokeGrantsTarget: "all" },
        },
      }),
    );
  }
}
