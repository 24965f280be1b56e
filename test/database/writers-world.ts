import pino from "pino";

import { jobs } from "../../src/features.ts";
import { deleteUserAtLogto } from "../../src/logto/sync/delete-user.ts";
import { deleteAccount, forgetAccount } from "../../src/account/deletion.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { type JobPool, openJobPool } from "../../src/database/job-pool.ts";
import { AppError } from "../../src/http/errors.ts";
import { startWorker } from "../../src/jobs/worker.ts";
import { hintMemberships, hintOrganization } from "../../src/logto/sync/hints.ts";
import { pullUser } from "../../src/logto/sync/pull-user.ts";
import { retryQueue } from "../../src/logto/commands/queue-command.ts";
import { reconcileEverything } from "../../src/logto/sync/reconcile.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { changeAs, changeAsGuest } from "../../src/tenancy/change-as.ts";
import { admit } from "../../src/tenancy/admission.ts";
import {
  changeRole,
  leaveOrganization,
  reinstateMember,
  removeMember,
  suspendMember,
} from "../../src/memberships/member.ts";
import { transferOwnership } from "../../src/memberships/ownership.ts";
import {
  deleteOrganization,
  purgeOrganization,
  restoreOrganization,
} from "../../src/organizations/deletion.ts";
import { createOrganization } from "../../src/organizations/organization.ts";
import { changeSettings } from "../../src/organizations/settings.ts";
import { authenticate, createSession } from "../../src/sessions/sessions.ts";
import { revokeOtherSessions } from "../../src/sessions/own-sessions.ts";
import { revokeSessionsOfUser } from "../../src/sessions/revocation.ts";
import { hashToken } from "../../src/http/token.ts";
import { followClaimsOf } from "../logto/claims.ts";
import type { KnownPerson, useLogto } from "../logto/logto-world.ts";
import { actorIn } from "../support/acting.ts";
import type { Organization, RunningApplication } from "../support/application.ts";
import { featureTests } from "../features.ts";

const silent = pino({ level: "silent" });
const limits = { idleSeconds: 3_600, absoluteSeconds: 36_000 };

type World = ReturnType<typeof useLogto>;

/** Each of them changes something, and may be refused. */
export type Writers = Record<string, () => Promise<unknown>>;

/** The world in which the writers of a feature write. The others belong to all of the organizations, mostly. */
export type WritersKit = {
  application: RunningApplication;
  database: Database;
  owner: KnownPerson;
  others: readonly KnownPerson[];
  organizations: readonly Organization[];
  any<T>(list: readonly T[]): T;
};

/** A database of its own connections, so that closing them tells PostgreSQL's statistics at once; and a worker on it. */
export function startBusyInstance({ application, context }: World) {
  const { url } = application.config.database;
  const database = openDatabase({ url, poolSize: 12, logger: silent, slowness: 10 });
  const pools: JobPool[] = [];
  const { baseUrl, logto } = context;
  const mailer = createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl });
  const stopWorker = startWorker({
    kinds: jobs,
    openPool() {
      const pool = openJobPool({ url, logger: silent });
      pools.push(pool);
      return pool;
    },
    context: { database, mailer, logto, baseUrl, logger: silent },
    logger: silent,
  });
  return {
    database,
    async stop() {
      await stopWorker(20_000);
      await database.close();
    },
  };
}

/** How often PostgreSQL has ended a transaction since it waited for one that waited for it. */
export async function countDeadlocks({ application }: World): Promise<number> {
  const [row] = await application.query<{ count: number }>(
    "select deadlocks::int as count from pg_stat_database where datname = current_database()",
  );
  return row?.count ?? 0;
}

/** Everybody and everything that the writers write about. */
export async function createWriters(world: World, database: Database) {
  const { application, context } = world;
  const people = await Promise.all(Array.from({ length: 8 }, () => world.createPerson()));
  const [owner = await world.createPerson(), ...others] = people;
  const organizations: Organization[] = [];
  for (let count = 0; count < 3; count += 1) {
    const organization = await application.createOrganization(owner);
    for (const person of others) await application.addMember(organization, person, "admin");
    organizations.push(organization);
  }
  await world.settle();
  const claimed = Object.fromEntries(
    await Promise.all(
      organizations.map(async (each) => [await world.findLogtoId(each), "member" as const]),
    ),
  );
  const sessions = await Promise.all(
    people.map(async ({ id }) => ({
      id: await createSession(database.unscoped, {
        userId: id,
        idpSid: null,
        userAgent: "test",
        ip: "127.0.0.1",
        authenticationAge: null,
      }),
    })),
  );

  const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] ?? fail();
  const kit: WritersKit = { application, database, owner, others, organizations, any };
  const other = () => any(kit.others);
  const place = () => any(organizations);
  const asOwner = (organization: Organization) => actorIn(owner, organization);
  const request = { id: "request-1", ip: "192.0.2.1", userAgent: "test" };

  const letIn = (user: KnownPerson, organization: Organization) =>
    changeAsGuest(database, { user, organization, request }, async (tx) => {
      const key = { organizationId: organization.id, userId: user.id };
      const event = await admit(tx, {
        ...key,
        role: "admin",
        grant: { kind: "admin" },
        details: { via: "test" },
      });
      return { value: undefined, event };
    });

  /** They opened an organization last, as many may have. */
  async function openLast({ id }: { id: string }): Promise<void> {
    for (const person of people) {
      await application.query("update users set last_organization_id = $1 where id = $2", [
        id,
        person.id,
      ]);
    }
  }

  /** Someone in all organizations, who owns one alone. */
  async function createLeaver(): Promise<{ leaver: KnownPerson; own: Organization }> {
    const leaver = await world.createPerson();
    for (const organization of organizations) await letIn(leaver, organization);
    const own = await createOrganization(database, { name: "Own", userId: leaver.id }, null);
    const guest = other();
    await application.addMember({ ...own, name: "Own" }, guest, "member");
    await openLast(own);
    return { leaver, own: { ...own, name: "Own" } };
  }

  const writers: Writers = {
    changeRole: () =>
      changeRole(database, asOwner(place()), {
        userId: other().id,
        role: any(["admin", "member", "viewer"] as const),
      }),
    changeRoleOfOthers: () =>
      changeRole(database, actorIn(other(), place()), { userId: other().id, role: "member" }),
    suspend: () => suspendMember(database, asOwner(place()), { userId: other().id }),
    reinstate: () => reinstateMember(database, asOwner(place()), { userId: other().id }),
    remove: () => removeMember(database, asOwner(place()), { userId: other().id }),
    leave: () => leaveOrganization(database, actorIn(other(), place())),
    join: () => letIn(other(), place()),
    transfer: async () => {
      const organization = place();
      const successor = other();
      await transferOwnership(database, asOwner(organization), { userId: successor.id });
      await transferOwnership(database, actorIn(successor, organization), { userId: owner.id });
    },
    rename: () => changeSettings(database, asOwner(place()), { name: `N ${Math.random()}` }),
    deleteAndRestore: async () => {
      const organization = place();
      await deleteOrganization(database, asOwner(organization));
      await restoreOrganization(database, asOwner(organization));
    },
    purge: async () => {
      const own = await createOrganization(database, { name: "Gone", userId: owner.id }, null);
      await openLast(own);
      await application.query(
        "update organizations set deleted_at = now() - interval '30 days' where id = $1",
        [own.id],
      );
      await purgeOrganization(database, own.id);
    },
    deleteAccount: async () => {
      const { leaver, own } = await createLeaver();
      const actor = { user: leaver, request } as unknown as Parameters<typeof deleteAccount>[1];
      await Promise.all([
        deleteAccount(database, actor, {
          plans: new Map([[own.id, "delete"]]),
          deleteAtProvider: deleteUserAtLogto.enqueue,
        }),
        letIn(leaver, place()).catch(() => undefined),
        signIn(leaver).catch(() => undefined),
      ]);
    },
    forgetAccount: async () => {
      const { leaver } = await createLeaver();
      await Promise.all([
        forgetAccount(database, leaver.id),
        removeMember(database, asOwner(place()), { userId: leaver.id }).catch(() => undefined),
      ]);
    },
    signIn: () => signIn(any(people)),
    browse: () =>
      Promise.all(
        sessions.map(({ id: { id } }) =>
          authenticate(database, id, limits, {
            organizationSlug: any(organizations).slug,
            forPage: true,
            read: null,
          }),
        ),
      ),
    signOutElsewhere: () =>
      database.unscoped.$transaction(async (tx) => {
        const idHash = hashToken("none");
        await revokeOtherSessions(tx, { userId: any(people).id, idHash });
      }),
    signOutEverywhere: () =>
      database.unscoped.$transaction((tx) => revokeSessionsOfUser(tx, any(people).id, "suspended")),
    pull: () => pullUser({ ...context, database }, any(people).subject),
    claims: () => followClaimsOf(database, other(), claimed),
    hintPeople: () =>
      hintMemberships(database, {
        userId: other().id,
        organizationIds: organizations.map(({ id }) => id),
      }),
    hintOrganization: () => hintOrganization(database, place().id),
    reconcile: () => reconcileEverything({ ...context, database }),
    retryQueue: () => retryQueue(database),
    // Such as a project: not exclusively.
    changeAnything: () => {
      const organization = place();
      const target = { type: "organization", id: organization.id };
      const event = { action: "organization.renamed", target } as const;
      return changeAs(database, actorIn(other(), organization), "organization:update", () =>
        Promise.resolve({ value: undefined, event }),
      );
    },
  };
  for (const each of featureTests) Object.assign(writers, await each.writers?.(kit));

  async function signIn(person: KnownPerson): Promise<void> {
    await database.unscoped.$transaction(async (tx) => {
      const userId = await mirrorUser(tx, {
        issuer: world.logto.issuer,
        subject: person.subject,
        name: person.name,
        username: null,
        email: null,
        emailVerified: false,
        picture: null,
        identities: [],
      });
      const client = { idpSid: null, userAgent: "test", ip: "127.0.0.1" };
      await createSession(tx, { userId, ...client, authenticationAge: null });
    });
  }

  return {
    writers,
    /** Runs one; what is refused, is refused. @returns what failed otherwise */
    async run(name: string): Promise<string | null> {
      try {
        await writers[name]?.();
        return null;
      } catch (error) {
        if (error instanceof AppError) return null;
        if (error instanceof AggregateError) return `${name}: ${error.errors.join(", ")}`;
        return `${name}: ${String(error)}`;
      }
    },
  };
}

function fail(): never {
  throw new Error("there is nothing to choose from");
}
