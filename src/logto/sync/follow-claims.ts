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

/** Schedules a comparison of every organization in which the claims of a sign-in differ from our memberships. */
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
    // Only their own sign-in reports it.
    await hintMemberships(database, { userId, organizationIds, bySignIn: true });
    for (const logtoId of logtoIds) {
      await requestAdoption(database, logtoId, { share: `claims:${userId}` });
    }
  },
});

/**
 * After a sign-in, compares Logto's claims about the person's organizations with the memberships here, and schedules a
 * comparison of each organization that differs. The claims decide nothing: they may be older than a change made here. A
 * person who first signs in through their company waits a moment, so that they find their organization.
 */
export function followClaims(database: Database): AfterSignIn {
  return async ({ id: userId }, _request, person) => {
    const added = await database.unscoped.$transaction(async (tx) => {
      const differing = await findDiffering(tx, userId, readClaims(person));
      if (differing.length > 0) {
        const unlinked = differing.filter(({ organizationId }) => organizationId === null);
        const logtoIds = unlinked.map(({ logtoId }) => logtoId);
        const payload = { userId, organizationIds: listIds(differing), logtoIds };
        await followClaimsJob.enqueue(tx, payload, { share: `claims:${userId}` });
      }
      return listIds(differing.filter(({ isNew }) => isNew));
    });
    await waitFor(database, userId, added);
  };
}

/** @returns for each organization at Logto the strongest of our roles there, or the weakest if they have none */
function readClaims(
  person: Pick<AuthenticatedPerson, "organizations" | "organizationRoles">,
): { logtoId: string; role: Role }[] {
  return person.organizations.map((logtoId) => {
    const named = new Set(
      person.organizationRoles
        .filter(({ organizationId }) => organizationId === logtoId)
        .map(({ role }) => role),
    );
    return { logtoId, role: roles.find((role) => named.has(role)) ?? roleOfNoRole };
  });
}

/** An organization of the claims or of ours. `organizationId` is null if Logto's is not linked. */
type Differing = { organizationId: string | null; logtoId: string; isNew: boolean };

const listIds = (found: Differing[]) => found.flatMap(({ organizationId }) => organizationId ?? []);

/**
 * Finds the organizations in which the claims differ from the memberships here. It skips memberships that are suspended,
 * belong to a deleted organization, or have not been sent to Logto yet.
 */
async function findDiffering(
  tx: Transaction,
  userId: string,
  claimed: { logtoId: string; role: Role }[],
): Promise<Differing[]> {
  await tx.$queryRaw`
    select set_config('app.user_id', ${userId}, true), set_config('app.reconciling', 'on', true)`;
  return tx.$queryRaw<Differing[]>`
    with own as (
      select m.organization_id, l.logto_id, m.role::text as role
        from memberships m
        join organizations o on o.id = m.organization_id and o.deleted_at is null
        join logto_organizations l on l.organization_id = m.organization_id and l.logto_id is not null
       where m.user_id = ${userId}::uuid and m.suspended_at is null)
    select coalesce(own.organization_id, l.organization_id) as "organizationId",
           coalesce(own.logto_id, c."logtoId") as "logtoId", own.logto_id is null as "isNew"
      from own
      full join jsonb_to_recordset(${JSON.stringify(claimed)}::jsonb) as c ("logtoId" text, role text)
             on c."logtoId" = own.logto_id
      left join logto_organizations l on l.logto_id = c."logtoId"
     where own.role is distinct from c.role`;
}

/** Waits until the person belongs to all of these organizations, or until the time is over. */
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
