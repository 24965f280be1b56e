import type { Logger } from "pino";

import type { SignedIn } from "../tenancy/actor.ts";
import type { BeforeFirstPage } from "../auth/finish-sign-in.ts";
import { accountFormAction } from "../tenancy/seen-as.ts";
import type { TenantDatabase } from "../database/database.ts";
import { AppError } from "../http/errors.ts";
import type { FindJoinOptions, JoinOption } from "../tenancy/join-options.ts";
import { findWay, joinBySigningIn, listWays, type WayIn } from "./joining.ts";

/** Offers to join, or to ask for it, wherever somebody's address lets them. */
export function findJoinOptionsByAddress(database: TenantDatabase): FindJoinOptions {
  return async (actor) => {
    const userId = actor.user.id;
    const joinOptions: JoinOption[] = [];
    for (const { organizationId, domain } of await listWays(database, userId)) {
      // The name is nobody's to see from outside of the organization's scope.
      const option = await database.forOrganization(organizationId, async (tx) => {
        const organization = await tx.organization.findUnique({
          where: { id: organizationId, deletedAt: null },
          select: { name: true },
        });
        const way = organization && (await findWay(tx, { organizationId, userId, domain }));
        return way && describeOption(actor, organization.name, way);
      });
      if (option) joinOptions.push(option);
    }
    return joinOptions;
  };
}

function describeOption(actor: SignedIn, organizationName: string, way: WayIn): JoinOption {
  const { organizationId, domain, mode, role } = way;
  const path = `/organizations/${organizationId}/email-domains/${domain}/joining`;
  const isAsked = mode === "request";
  return {
    organizationName,
    text: isAsked
      ? `You have an address at ${domain}: you can ask to join as ${articled(role)}.`
      : `You have an address at ${domain}: you can join as ${articled(role)}.`,
    actions: [
      {
        label: isAsked ? "Ask to join" : "Join",
        action: accountFormAction(actor, path),
        tone: isAsked ? "plain" : "primary",
      },
    ],
  };
}

const articled = (role: WayIn["role"]) => `${role === "admin" ? "an" : "a"} ${role}`;

/**
 * Takes whoever has signed in into each organization whose rules say that they have joined by that. Where it
 * cannot be (no seat is left), it is tried again at the next sign-in.
 */
export function joinAfterSignIn({
  database,
  logger,
}: {
  database: TenantDatabase;
  logger: Pick<Logger, "info" | "warn">;
}): BeforeFirstPage {
  return async (user, request) => {
    const ways = await listWays(database, user.id);
    for (const { organizationId, domain } of ways.filter(({ mode }) => mode === "automatic")) {
      const guest = { user, organization: { id: organizationId }, request };
      await joinBySigningIn(database, guest, { domain }).catch((error: unknown) => {
        const message = "somebody could not join by signing in";
        if (!(error instanceof AppError))
          return logger.warn({ err: error, organizationId }, message);
        // As it should be: there is no seat, or the organization is deleted.
        logger.info({ code: error.code, organizationId }, message);
      });
    }
  };
}
