import type { Queryable } from "../store/database.ts";

type SessionPayload = {
  uid: string;
  accountId: string;
  authorizations?: Record<string, { grantId?: string }>;
} & Record<string, unknown>;
export type Session = { payload: SessionPayload; expiresAt: Date };

/** Lists the live sessions of a user at the identity provider, oldest first. */
export async function listSessions(sql: Queryable, userId: string): Promise<Session[]> {
  const rows = await sql<Session[]>`
    select payload, expires_at as "expiresAt" from oidc_models
    where model = 'Session' and payload->>'accountId' = ${userId} and expires_at > now()
    order by (payload->>'iat')::bigint, id`;
  return [...rows];
}

/** @param andGrants whether the tokens of the session end with it; otherwise refresh tokens go on */
export async function deleteSession(
  sql: Queryable,
  { payload }: Session,
  { andGrants }: { andGrants: boolean },
): Promise<void> {
  await sql`delete from oidc_models where model = 'Session' and payload->>'uid' = ${payload.uid}`;
  if (!andGrants) return;
  const grantIds = Object.values(payload.authorizations ?? {}).flatMap(
    ({ grantId }) => grantId ?? [],
  );
  await sql`
    delete from oidc_models
    where payload->>'grantId' = any(${grantIds}::text[]) or (model = 'Grant' and id = any(${grantIds}::text[]))`;
}
