import pino from "pino";
import { beforeAll } from "vitest";
import { z } from "zod";

import { jobs } from "../../src/features.ts";
import { type JobPool, openJobPool } from "../../src/database/job-pool.ts";
import { drainJobs, startWorker } from "../../src/jobs/worker.ts";
import { createMailer } from "../../src/mail/mailer.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import type { Job } from "../../src/jobs/job.ts";
import type { LogtoJobContext, SyncContext } from "../../src/logto/sync/context.ts";
import { hintOrganization } from "../../src/logto/sync/hints.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { type Role, roles } from "../../src/access/roles.ts";
import {
  type Organization,
  type Person,
  type RunningApplication,
  type ApplicationOptions,
  useApplication,
} from "../support/application.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

/** A person with an account at Logto and here. */
export type KnownPerson = Person & { subject: string };

const withId = z.object({ id: z.string() });
const withName = withId.extend({ name: z.string() });
const member = z.object({
  id: z.string(),
  organizationRoles: z.array(z.object({ name: z.string() })),
});

/** The roles of members at Logto, by their id there. */
const describeRoles = (members: unknown): Record<string, string> =>
  Object.fromEntries(
    z
      .array(member)
      .parse(members)
      .map(({ id, organizationRoles }) => [
        id,
        organizationRoles
          .map(({ name }) => name)
          .toSorted()
          .join("+"),
      ]),
  );

/** Milliseconds: on a busy machine, the stand-in takes longer for sixty requests at once than the application waits. */
export const requestTimeout = 60_000;

const logger = pino({ level: "silent" });

/** The application and a provisioned Logto stand-in. */
export function useLogto(options: ApplicationOptions = {}) {
  const provider = useIdentityProvider({ isProvisioned: true });
  let logto: ManagementApi;
  const application: RunningApplication = useApplication({
    ...options,
    identityProvider: provider.start,
  });
  beforeAll(async () => {
    const { endpoint, management } = application.config.logto;
    if (!management) throw new Error("the stand-in has no Management API");
    logto = createManagementApi({ endpoint, ...management, requestTimeout });
  });
  let count = 0;

  const create = async (path: string, body: object) =>
    withId.parse(await provider.manage("POST", path, body)).id;

  /** The ids of organization roles at Logto. */
  async function findRoleIds(names: readonly string[]): Promise<string[]> {
    const all = z.array(withName).parse(await provider.manage("GET", "/organization-roles"));
    return all.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  }

  const openPool = () => openJobPool({ url: application.config.database.url, logger });
  const jobContext = (api: ManagementApi) => {
    const { database, baseUrl } = application;
    const mailer = createMailer({ smtpUrl: undefined, from: "a@x.example", baseUrl });
    return { database, mailer, baseUrl, logger, logto: api };
  };

  const world = {
    application,
    provider,
    /** A Management API beside the application's: calls of Logto's Console. */
    get logto() {
      return logto;
    },
    /** Creates an account at Logto that is not known here. */
    async createAccount(
      name = `Someone ${(count += 1)}`,
    ): Promise<{ subject: string; name: string; username: string }> {
      const username = `person_${Math.random().toString(36).slice(2, 12)}`;
      const id = await create("/users", { username, name });
      return { subject: id, name, username };
    },
    /** Creates a person who has signed in before. */
    async createPerson(name?: string): Promise<KnownPerson> {
      const account = await world.createAccount(name);
      const id = await application.database.unscoped.$transaction((tx) =>
        mirrorUser(tx, {
          issuer: logto.issuer,
          subject: account.subject,
          name: account.name,
          username: account.username,
          email: null,
          emailVerified: false,
          picture: null,
          identities: [],
        }),
      );
      return { id, ...account };
    },
    /** The settings of the running application, for a process of its own. */
    get environment(): Record<string, string> {
      const { config, baseUrl } = application;
      const { endpoint, appId, appSecret, management } = config.logto;
      return {
        NODE_ENV: "test",
        BASE_URL: baseUrl,
        DATABASE_URL: config.database.url,
        SESSION_SECRET: config.sessions.secrets.join(","),
        LOGTO_ENDPOINT: endpoint,
        LOGTO_APP_ID: appId,
        LOGTO_APP_SECRET: appSecret,
        LOGTO_M2M_APP_ID: management?.credentials.appId ?? "",
        LOGTO_M2M_APP_SECRET: management?.credentials.appSecret ?? "",
      };
    },
    /** For tests that call parts of the synchronization themselves. */
    get context(): SyncContext {
      const { database, config } = application;
      return { database, baseUrl: config.baseUrl, logger, logto };
    },
    /** Lends the connections of a worker. */
    async withPool<T>(work: (pool: JobPool) => Promise<T>): Promise<T> {
      const pool = openPool();
      try {
        return await work(pool);
      } finally {
        await pool.end();
      }
    },
    /** Works off what is due, with this Management API. */
    workOff: (api: ManagementApi): Promise<void> =>
      world.withPool((pool) => drainJobs({ kinds: jobs, pool, context: jobContext(api), logger })),
    /** Starts a worker in the background. @returns what stops it */
    startWorker: (kinds: readonly Job<LogtoJobContext>[] = jobs) =>
      startWorker({ kinds, openPool, context: jobContext(logto), logger }),
    /** The parameters of killed-sync.ts: a worker that kills itself at this step. */
    describeKilled(kind: "sync" | "reconcile", step: number): string[] {
      const { config } = application;
      const parameters = {
        step,
        kind,
        url: config.database.url,
        baseUrl: config.baseUrl,
        logto: { endpoint: config.logto.endpoint, ...config.logto.management },
      };
      return [JSON.stringify(parameters)];
    },
    /** Lets Logto's webhooks arrive, and works off what comes of them. */
    async hear() {
      await provider.logto.webhooks.settled();
      await world.settle();
    },
    /** Makes everything that was put off due now. */
    async letPass() {
      await application.query(
        "update graphile_worker._private_jobs set run_at = now() where locked_at is null",
      );
    },
    /** Lists the jobs that wait for Logto, including those given up, without those that only look again. */
    listJobs: () =>
      application.query<{ kind: string; attempts: number; isDead: boolean; error: string | null }>(
        `select task_identifier as kind, attempts::int, attempts >= max_attempts as "isDead", last_error as error
           from graphile_worker.jobs
          where task_identifier like 'logto.%' and task_identifier not in ('logto.look_again', 'logto.await_owner')
          order by id`,
      ),
    /** Works off every due job, and those that they add. */
    async settle() {
      await application.deliverMail();
    },
    /** Compares the whole organization, as a webhook or the daily comparison does. */
    async compare({ id }: { id: string }): Promise<void> {
      await hintOrganization(application.database, id);
      await world.settle();
    },
    /** Creates an organization that is linked and equal on both sides. */
    async createPair(people: Partial<Record<Role, KnownPerson>> = {}) {
      const owner = people.owner ?? (await world.createPerson());
      const organization = await application.createOrganization(owner);
      for (const [role, person] of Object.entries(people)) {
        if (role === "owner") continue;
        await application.addMember(organization, person, z.enum(roles).parse(role));
      }
      await world.settle();
      return { owner, organization, logtoId: await world.findLogtoId(organization) };
    },
    async findLogtoId({ id }: { id: string }): Promise<string> {
      const [row] = await application.query<{ id: string | null }>(
        "select logto_id as id from logto_organizations where organization_id = $1",
        [id],
      );
      if (!row?.id) throw new Error("it has no Logto organization");
      return row.id;
    },
    /** The members of an organization at Logto: their roles by their id there. */
    async readMembersAtLogto(logtoId: string): Promise<Record<string, string>> {
      const members = await logto.list(member, (client, query) =>
        client.GET("/api/organizations/{id}/users", { params: { path: { id: logtoId }, query } }),
      );
      return describeRoles(members);
    },
    /** The members here who are not suspended: their role by their id at Logto. */
    async readMembers({ id }: Organization): Promise<Record<string, string>> {
      const members = await application.query<{ subject: string; role: string }>(
        `select u.subject, m.role from memberships m join users u on u.id = m.user_id
          where m.organization_id = $1 and m.suspended_at is null`,
        [id],
      );
      return Object.fromEntries(members.map(({ subject, role }) => [subject, role]));
    },
    /** The events of the audit log without an actor. */
    async readNobodysEvents({ id }: Organization) {
      return application.query<{
        action: string;
        targetId: string;
        details: Record<string, unknown>;
      }>(
        `select action, target_id as "targetId", details from audit_events
          where organization_id = $1 and actor_id is null order by occurred_at, id`,
        [id],
      );
    },
    /** Counts changes that Logto has not been told, and hints that were not followed. */
    async countOpen(): Promise<number> {
      const [row] = await application.query<{ open: number }>(
        `select (select count(*) from logto_organizations where version > pushed_version or hints > hints_seen)::int
              + (select count(*) from logto_memberships where version > pushed_version or hints > hints_seen)::int as open`,
      );
      return row?.open ?? 0;
    },
    // An operator's acts in Logto's Console.
    console: {
      create: (name: string, customData = {}) => create("/organizations", { name, customData }),
      createMachine: (name = "Nightly export") =>
        create("/applications", { name, type: "MachineToMachine" }),
      addMachine: (logtoId: string, id: string) =>
        provider.manage("POST", `/organizations/${logtoId}/applications`, { applicationIds: [id] }),
      /** @param names of organization roles of machines; replaces those that it has */
      async setMachineRoles(logtoId: string, id: string, names: string[]) {
        const path = `/organizations/${logtoId}/applications/${id}/roles`;
        await provider.manage("PUT", path, { organizationRoleIds: await findRoleIds(names) });
      },
      /** The second of the Console's two calls. */
      async giveMachineRole(logtoId: string, id: string, name: string) {
        const body = { applicationIds: [id], organizationRoleIds: await findRoleIds([name]) };
        await provider.manage("POST", `/organizations/${logtoId}/applications/roles`, body);
      },
      removeMachine: (logtoId: string, id: string) =>
        provider.manage("DELETE", `/organizations/${logtoId}/applications/${id}`),
      /** The machines of an organization, with their roles. */
      readMachines: async (logtoId: string) =>
        describeRoles(await provider.manage("GET", `/organizations/${logtoId}/applications`)),
      async addMember(logtoId: string, { subject }: { subject: string }, role?: Role) {
        await provider.manage("POST", `/organizations/${logtoId}/users`, { userIds: [subject] });
        if (role) await world.console.setRole(logtoId, { subject }, role);
      },
      /** The second of its two calls: adds to the roles that they have. */
      async giveRole(logtoId: string, { subject }: { subject: string }, role: Role) {
        const body = { userIds: [subject], organizationRoleIds: await findRoleIds([role]) };
        await provider.manage("POST", `/organizations/${logtoId}/users/roles`, body);
      },
      /** @param role null: takes every role away */
      async setRole(logtoId: string, { subject }: { subject: string }, role: Role | null) {
        const path = `/organizations/${logtoId}/users/${subject}/roles`;
        await provider.manage("PUT", path, { organizationRoleNames: role === null ? [] : [role] });
      },
      removeMember: (logtoId: string, { subject }: { subject: string }) =>
        provider.manage("DELETE", `/organizations/${logtoId}/users/${subject}`),
      deleteOrganization: (logtoId: string) =>
        provider.manage("DELETE", `/organizations/${logtoId}`),
      rename: (logtoId: string, name: string) =>
        provider.manage("PATCH", `/organizations/${logtoId}`, { name }),
      readName: async (logtoId: string) =>
        withName.parse(await provider.manage("GET", `/organizations/${logtoId}`)).name,
      countOrganizations: async () =>
        (
          await logto.list(withId, (client, query) =>
            client.GET("/api/organizations", { params: { query } }),
          )
        ).length,
    },
  };
  return world;
}
