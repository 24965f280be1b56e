import { setTimeout as wait } from "node:timers/promises";

import type { AuthenticatedPerson } from "../auth/openid-claims.ts";
import type { AfterSignIn } from "../auth/pages.tsx";
import type { Database, Transaction } from "../database/database.ts";
import { type Role, roles } from "../memberships/roles.ts";
import { requestAdoption } from "./adopt-organization.ts";
import { hintMembership } from "./hints.ts";

/** Milliseconds that somebody waits at most whom Logto has let into an organization since they were here. */
const patience = 1_500;

type OwnMembership = { organizationId: string; logtoId: string; role: Role };

/**
 * After a sign-in, compares what Logto's claims say of the person's organizations with what is so here, and has what
 * differs looked at. The claims decide nothing: they may be older than what has just been changed here. Whoever comes
 * for the first time through their company's sign-in is waited for, so that they find their organization.
 */
export function followClaims(database: Database): AfterSignIn {
  return async ({ id: userId }, _request, person) => {
    const claimed = readClaims(person);
    const { own, twins } = await database.unscoped.$transaction(async (tx) => ({
      own: await listOwn(tx, userId),
      twins: await findTwins(tx, [...claimed.keys()]),
    }));
    const here = new Set(own.map(({ logtoId }) => logtoId));
    const changed = own.filter(({ logtoId, role }) => claimed.get(logtoId) !== role);
    const added = twins.filter(({ logtoId }) => !here.has(logtoId));
    for (const { organizationId } of [...changed, ...added]) {
      await hintMembership(database, { organizationId, userId });
    }
    const known = new Set(twins.map(({ logtoId }) => logtoId));
    for (const logtoId of claimed.keys()) {
      if (!known.has(logtoId)) await requestAdoption(database, logtoId);
    }
    await waitFor(
      database,
      userId,
      added.map(({ organizationId }) => organizationId),
    );
  };
}

/** By organization at Logto, the strongest of our roles there; null where there is none of them. */
function readClaims(
  person: Pick<AuthenticatedPerson, "organizations" | "organizationRoles">,
): Map<string, Role | null> {
  return new Map(
    person.organizations.map((logtoId) => {
      const named = new Set(
        person.organizationRoles
          .filter(({ organizationId }) => organizationId === logtoId)
          .map(({ role }) => role),
      );
      return [logtoId, roles.find((role) => named.has(role)) ?? null];
    }),
  );
}

/** What should stand in the claims: not what is suspended, deleted, or not told to Logto yet. */
async function listOwn(tx: Transaction, userId: string): Promise<OwnMembership[]> {
  await tx.$queryRaw`
    select set_config('app.user_id', ${userId}, true), set_config('app.reconciling', 'on', true)`;
  return tx.$queryRaw<OwnMembership[]>`
    select m.organization_id as "organizationId", l.logto_id as "logtoId", m.role
      from memberships m
      join organizations o on o.id = m.organization_id and o.deleted_at is null
      join logto_organizations l on l.organization_id = m.organization_id and l.logto_id is not null
     where m.user_id = ${userId}::uuid and m.suspended_at is null`;
}

function findTwins(tx: Transaction, logtoIds: string[]) {
  return tx.$queryRaw<{ logtoId: string; organizationId: string }[]>`
    select logto_id as "logtoId", organization_id as "organizationId"
      from logto_organizations where logto_id = any (${logtoIds})`;
}

/** Until the jobs that look at these memberships are done. */
async function waitFor(database: Database, userId: string, organizationIds: string[]) {
  const end = performance.now() + patience;
  for (const organizationId of organizationIds) {
    while (performance.now() < end) {
      const isSettled = await database.forOrganization(organizationId, async (tx) => {
        const row = await tx.logtoMembership.findUnique({
          where: { organizationId_userId: { organizationId, userId } },
        });
        return !row || row.hintsSeen >= row.hints;
      });
      if (isSettled) break;
      await wait(50);
    }
  }
}
