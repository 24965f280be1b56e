import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import type { AuthenticatedPerson } from "../../identity/profile.ts";
import type { AfterSignIn } from "../../tenancy/sign-in-steps.ts";
import type { Database, Transaction } from "../../database/database.ts";
import { defineJob } from "../../jobs/job.ts";
import { type Role, roles } from "../../access/roles.ts";
import { requestAdoption } from "./adopt-organization.ts";
import { roleOfNoRole } from "./compare-organization.ts";
import { hintMemberships } from "./hints.ts";

/** How long a sign-in waits for the organizations that Logto has added the person to. */
const timeoutMs = 300;

type OwnMembership = { organizationId: string; logtoId: string; role: Role };

/** Has the organizations compared in which the claims of a sign-in differ from what is here, however many. */
export const followClaimsJob = defineJob({
  name: "logto.follow_claims",
  lane: "urgent",
  rank: 10,
  payload: z.object({
    userId: z.uuid(),
    organizationIds: z.array(z.uuid()),
    /** Organizations at Logto that are not linked. */
    logtoIds: z.array(z.string()),
  }),
  async run({ userId, organizationIds, logtoIds }, { database }) {
    // Only their own sign-in tells of it.
    await hintMemberships(database, { userId, organizationIds, bySignIn: true });
    for (const logtoId of logtoIds) {
      await requestAdoption(database, logtoId, { share: `claims:${userId}` });
    }
  },
});

/**
 * After a sign-in, compares Logto's claims about the person's organizations with the memberships here, and has the
 * differing organizations compared. The claims decide nothing: they may be older than a change made here. A person who
 * comes for the first time through their company's sign-in waits for a moment, so that they find their organization.
 */
export function followClaims(database: Database): AfterSignIn {
  return async ({ id: userId }, _request, person) => {
    const claimed = readClaims(person);
    const added = await database.unscoped.$transaction(async (tx) => {
      const own = await listOwn(tx, userId);
      const linked = await listLinked(tx, [...claimed.keys()]);
      const here = new Set(own.map(({ logtoId }) => logtoId));
      const known = new Set(linked.map(({ logtoId }) => logtoId));
      const missing = linked.filter(({ logtoId }) => !here.has(logtoId));
      const changed = own.filter(({ logtoId, role }) => claimed.get(logtoId) !== role);
      const organizationIds = [...missing, ...changed].map(({ organizationId }) => organizationId);
      const logtoIds = [...claimed.keys()].filter((logtoId) => !known.has(logtoId));
      if (organizationIds.length + logtoIds.length > 0) {
        const payload = { userId, organizationIds, logtoIds };
        await followClaimsJob.enqueue(tx, payload, { share: `claims:${userId}` });
      }
      return missing.map(({ organizationId }) => organizationId);
    });
    await waitFor(database, userId, added);
  };
}

/** @returns by organization at Logto, the strongest of our roles there, or the least where there is none */
function readClaims(
  person: Pick<AuthenticatedPerson, "organizations" | "organizationRoles">,
): Map<string, Role> {
  return new Map(
    person.organizations.map((logtoId) => {
      const named = new Set(
        person.organizationRoles
          .filter(({ organizationId }) => organizationId === logtoId)
          .map(({ role }) => role),
      );
      return [logtoId, roles.find((role) => named.has(role)) ?? roleOfNoRole];
    }),
  );
}

/** Lists what the claims should say: nothing that is suspended, deleted, or not told to Logto yet. */
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

function listLinked(tx: Transaction, logtoIds: string[]) {
  return tx.$queryRaw<{ logtoId: string; organizationId: string }[]>`
    select logto_id as "logtoId", organization_id as "organizationId"
      from logto_organizations where logto_id = any (${logtoIds})`;
}

/** Waits until the person belongs to all of these organizations, or the time is over, however slow the database is. */
async function waitFor(database: Database, userId: string, organizationIds: string[]) {
  if (organizationIds.length === 0) return;
  const isOver = new AbortController();
  const poll = async () => {
    while (!isOver.signal.aborted && !(await belongsTo(database, userId, organizationIds))) {
      await wait(40);
    }
  };
  // A failure here is harmless: the page shows the result.
  await Promise.race([poll().catch(() => undefined), wait(timeoutMs)]);
  isOver.abort();
}

function belongsTo({ unscoped }: Database, userId: string, organizationIds: string[]) {
  return unscoped.$transaction(async (tx) => {
    await tx.$queryRaw`select set_config('app.user_id', ${userId}, true)`;
    const where = { userId, organizationId: { in: organizationIds } };
    return (await tx.membership.count({ where })) === organizationIds.length;
  });
}
