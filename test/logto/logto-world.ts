import pino from "pino";
import { beforeAll } from "vitest";
import { z } from "zod";

import { mirrorUser } from "../../src/identity/users.ts";
import type { SyncContext } from "../../src/logto/sync/context.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { type Role, roles } from "../../src/access/roles.ts";
import type { Organization, Person, RunningApplication } from "../support/application.ts";
import { type ApplicationOptions, useApplication } from "../support/application.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

/** Somebody with an account at Logto who is known here. */
export type KnownPerson = Person & { subject: string };

const anything = z.record(z.string(), z.unknown());
const withName = z.object({ id: z.string(), name: z.string() });
const member = z.object({
  id: z.string(),
  organizationRoles: z.array(z.object({ name: z.string() })),
});

/** Milliseconds: on a busy machine, sixty requests at once take the stand-in longer than a caller waits, and none has failed. */
export const patience = 60_000;

/** The application and the Logto stand-in, made ready for it. */
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
    logto = createManagementApi({ endpoint, ...management, requestTimeout: patience });
  });
  let count = 0;

  const world = {
    application,
    provider,
    /** Past what the application knows: Logto's Console, so to speak. */
    get logto() {
      return logto;
    },
    /** Somebody with an account at Logto, whom nobody has seen here. */
    async createAccount(
      name = `Somebody ${(count += 1)}`,
    ): Promise<{ subject: string; name: string; username: string }> {
      const username = `person_${Math.random().toString(36).slice(2, 12)}`;
      const { id } = await logto.read(z.object({ id: z.string() }), (client) =>
        client.POST("/api/users", { body: { username, name } }),
      );
      return { subject: id, name, username };
    },
    /** Somebody who has signed in before. */
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
    /** For those who call parts of the sync themselves. */
    get context(): SyncContext {
      const { database, config } = application;
      return { database, baseUrl: config.baseUrl, logger: pino({ level: "silent" }), logto };
    },
    /** As it is when what was put off is due. */
    async letPass() {
      await application.query(
        "update graphile_worker._private_jobs set run_at = now() where locked_at is null",
      );
    },
    /** What waits for Logto, given-up jobs included, but for later looks; the oldest first. */
    listJobs: () =>
      application.query<{ kind: string; attempts: number; isDead: boolean; error: string | null }>(
        `select task_identifier as kind, attempts::int, attempts >= max_attempts as "isDead", last_error as error
           from graphile_worker.jobs
          where task_identifier like 'logto.%' and task_identifier not in ('logto.look_again', 'logto.await_owner')
          order by id`,
      ),
    /** Works off every job that is due, what that leads to included. */
    async settle() {
      await application.deliverMail();
    },
    /** An organization with its twin, both equal. */
    async createPair(people: Partial<Record<Role, KnownPerson>> = {}) {
      const owner = people.owner ?? (await world.createPerson());
      const organization = await application.createOrganization(owner);
      for (const [role, person] of Object.entries(people)) {
        if (role === "owner") continue;
        await application.addMember(organization, person, z.enum(roles).parse(role));
      }
      await world.settle();
      return { owner, organization, logtoId: await world.findTwin(organization) };
    },
    async findTwin({ id }: { id: string }): Promise<string> {
      const [row] = await application.query<{ id: string | null }>(
        "select logto_id as id from logto_organizations where organization_id = $1",
        [id],
      );
      if (!row?.id) throw new Error("it has no twin");
      return row.id;
    },
    /** Who belongs to an organization at Logto: each by their id there, with their roles. */
    async readTwinMembers(logtoId: string): Promise<Record<string, string>> {
      const members = await logto.list(member, (client, query) =>
        client.GET("/api/organizations/{id}/users", { params: { path: { id: logtoId }, query } }),
      );
      return Object.fromEntries(
        members.map(({ id, organizationRoles }) => [
          id,
          organizationRoles
            .map(({ name }) => name)
            .toSorted()
            .join("+"),
        ]),
      );
    },
    /** The same of ours; suspended ones are none. */
    async readMembers({ id }: Organization): Promise<Record<string, string>> {
      const members = await application.query<{ subject: string; role: string }>(
        `select u.subject, m.role from memberships m join users u on u.id = m.user_id
          where m.organization_id = $1 and m.suspended_at is null`,
        [id],
      );
      return Object.fromEntries(members.map(({ subject, role }) => [subject, role]));
    },
    /** What the audit log has of whatever nobody did here. */
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
    /** How many changes Logto has not been told, and how many hints nobody has looked into. */
    async countOpen(): Promise<number> {
      const [row] = await application.query<{ open: number }>(
        `select (select count(*) from logto_organizations where version > pushed_version or hints > hints_seen)::int
              + (select count(*) from logto_memberships where version > pushed_version or hints > hints_seen)::int as open`,
      );
      return row?.open ?? 0;
    },
    // What an operator does in Logto's Console.
    console: {
      addMember: async (logtoId: string, { subject }: { subject: string }, role?: Role) => {
        await logto.send((client) =>
          client.POST("/api/organizations/{id}/users", {
            params: { path: { id: logtoId } },
            body: { userIds: [subject] },
          }),
        );
        if (role) await world.console.setRole(logtoId, { subject }, role);
      },
      /** The second of its two calls: adds to the roles that they have. */
      giveRole: async (logtoId: string, { subject }: { subject: string }, role: Role) => {
        const all = await logto.list(withName, (client, query) =>
          client.GET("/api/organization-roles", { params: { query } }),
        );
        await logto.send((client) =>
          client.POST("/api/organizations/{id}/users/roles", {
            params: { path: { id: logtoId } },
            body: {
              userIds: [subject],
              organizationRoleIds: all.filter(({ name }) => name === role).map(({ id }) => id),
            },
          }),
        );
      },
      setRole: (logtoId: string, { subject }: { subject: string }, role: Role) =>
        logto.send((client) =>
          client.PUT("/api/organizations/{id}/users/{userId}/roles", {
            params: { path: { id: logtoId, userId: subject } },
            body: { organizationRoleNames: [role] },
          }),
        ),
      takeRoles: (logtoId: string, { subject }: { subject: string }) =>
        logto.send((client) =>
          client.PUT("/api/organizations/{id}/users/{userId}/roles", {
            params: { path: { id: logtoId, userId: subject } },
            body: { organizationRoleNames: [] },
          }),
        ),
      removeMember: (logtoId: string, { subject }: { subject: string }) =>
        logto.send((client) =>
          client.DELETE("/api/organizations/{id}/users/{userId}", {
            params: { path: { id: logtoId, userId: subject } },
          }),
        ),
      deleteOrganization: (logtoId: string) =>
        logto.send((client) =>
          client.DELETE("/api/organizations/{id}", { params: { path: { id: logtoId } } }),
        ),
      rename: (logtoId: string, name: string) =>
        logto.send((client) =>
          client.PATCH("/api/organizations/{id}", {
            params: { path: { id: logtoId } },
            body: { name },
          }),
        ),
      readName: async (logtoId: string) =>
        (
          await logto.read(z.object({ name: z.string() }), (client) =>
            client.GET("/api/organizations/{id}", { params: { path: { id: logtoId } } }),
          )
        ).name,
      countOrganizations: async () =>
        (
          await logto.list(anything, (client, query) =>
            client.GET("/api/organizations", { params: { query } }),
          )
        ).length,
    },
  };
  return world;
}
