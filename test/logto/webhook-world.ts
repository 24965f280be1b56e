import { createHmac, randomUUID } from "node:crypto";

import { z } from "zod";

import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import type { SyncContext } from "../../src/logto/sync/context.ts";
import { pullUser } from "../../src/logto/sync/pull-user.ts";
import { deleteUser } from "../../src/logto/client/users.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import {
  type Organization,
  type RunningApplication,
  useApplication,
} from "../support/application.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";
import recorded from "../fixtures/logto/webhook-bodies.json" with { type: "json" };

export const presentKey = "the present key of the webhook";
export const formerKey = "the one before";

type Recorded = keyof typeof recorded.bodies;
export type Body = Record<string, unknown>;

/** A stored delivery. */
type Delivery = { body: string; event: string | null; outcome: string | null; isDone: boolean };

type Profile = { name?: string; primaryEmail?: string | null; avatar?: string; username?: string };
type Linked = { userId: string; details?: Record<string, never> };

type Sent = { key?: string; signature?: string | null };

export const sign = (text: string | Uint8Array, key = presentKey) =>
  createHmac("sha256", key).update(text).digest("hex");

/** Sends what a webhook would, signed as Logto signs. */
export function postWebhook(
  baseUrl: string,
  body: string | Uint8Array<ArrayBuffer>,
  { key = presentKey, signature = sign(body, key) }: Sent = {},
): Promise<Response> {
  return fetch(`${baseUrl}/webhooks/logto`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(signature !== null && { "logto-signature-sha-256": signature }),
    },
    body,
  });
}

/** A body that a real Logto has sent, with other contents. */
export function bodyOf(name: Recorded, change: Body = {}): string {
  return JSON.stringify({ ...recorded.bodies[name], createdAt: randomUUID(), ...change });
}

/** The application with the Logto stand-in; the tests send its webhooks. */
export function useWebhooks({ withoutManagement = false } = {}) {
  const provider = useIdentityProvider();
  const application = useApplication({
    identityProvider: provider.start,
    environment: {
      LOGTO_WEBHOOK_SIGNING_KEY: `${presentKey}, ${formerKey}`,
      ...(withoutManagement && { LOGTO_M2M_APP_SECRET: "" }),
    },
  });
  const lines: string[] = [];
  const logger = createLogger("trace", { write: (line) => lines.push(line) });
  let api: ManagementApi | undefined;

  function openApi(): ManagementApi {
    const { endpoint, management } = application.config.logto;
    if (!management) throw new Error("There is no machine-to-machine application.");
    api ??= createManagementApi({ endpoint, ...management });
    return api;
  }

  const create = async (path: string, body: object) =>
    z.object({ id: z.string() }).parse(await provider.manage("POST", path, body)).id;

  const world = {
    provider,
    application,
    get api() {
      return openApi();
    },
    get context(): SyncContext {
      return {
        database: application.database,
        baseUrl: application.baseUrl,
        logto: openApi(),
        logger,
      };
    },
    logged: () => lines.join(""),
    post: (body: string | Uint8Array<ArrayBuffer>, sent?: Sent) =>
      postWebhook(application.baseUrl, body, sent),
    /** Sends it, and works off its jobs. @returns the outcome */
    async deliver(body: string): Promise<string | null> {
      const answer = await world.post(body);
      if (answer.status !== 200) throw new Error(`The webhook was answered ${answer.status}.`);
      await application.deliverMail();
      const kept = await world.listDeliveries();
      return kept.find((each) => each.body === body)?.outcome ?? null;
    },
    /** The oldest first. */
    listDeliveries: () =>
      application.query<Delivery>(
        `select body, event, outcome, processed_at is not null as "isDone"
           from webhook_deliveries order by received_at`,
      ),
    /** Lists the jobs of a kind. */
    listJobs: (kind = "%") =>
      application.query<{ kind: string; attempts: number; error: string | null; isDue: boolean }>(
        `select task_identifier as kind, attempts, last_error as error, run_at <= now() as "isDue"
           from graphile_worker.jobs where task_identifier like $1 order by id`,
        [kind],
      ),
    /** Creates a user at Logto who is not known here. @returns their id there */
    createAtLogto: (fields: { name?: string; primaryEmail?: string } = {}): Promise<string> =>
      create("/users", {
        username: `u${randomUUID().replaceAll("-", "").slice(0, 12)}`,
        ...fields,
      }),
    /** Creates a user at Logto who is known here. */
    async createKnown(fields: { name?: string; primaryEmail?: string } = {}) {
      const subject = await world.createAtLogto(fields);
      const id = await pullUser(world.context, subject);
      if (id === null) throw new Error("Nobody was mirrored.");
      return { id, subject, name: fields.name ?? "" };
    },
    changeAtLogto: (userId: string, body: Profile) =>
      provider.manage("PATCH", `/users/${userId}`, body),
    linkAtLogto: (userId: string, target: string, body: Linked) =>
      provider.manage("PUT", `/users/${userId}/identities/${target}`, body),
    suspendAtLogto: (userId: string, isSuspended = true) =>
      provider.manage("PATCH", `/users/${userId}/is-suspended`, { isSuspended }),
    deleteAtLogto: (userId: string) => deleteUser(openApi(), userId),
    /** A machine-to-machine application. @returns its id there */
    createMachineAtLogto: (name: string) =>
      create("/applications", { name, type: "MachineToMachine" }),
    deleteMachineAtLogto: (id: string) => provider.manage("DELETE", `/applications/${id}`),
    /** Links an organization, as the synchronization would. @returns its id at Logto */
    async linkToLogto({ id, name }: Organization): Promise<string> {
      const made = await create("/organizations", { name });
      const [row] = await application.query<{ logtoId: string }>(
        `update logto_organizations set logto_id = coalesce(logto_id, $2) where organization_id = $1
         returning logto_id as "logtoId"`,
        [id, made],
      );
      return row?.logtoId ?? "";
    },
    readUser: async (id: string) => {
      const [user] = await application.query<UserRow>("select * from users where id = $1", [id]);
      return user;
    },
  };
  return world;
}

type UserRow = {
  name: string | null;
  username: string | null;
  email: string | null;
  email_verified: boolean;
  proven_email: string | null;
  suspended_at: Date | null;
  deleted_at: Date | null;
  updated_at: Date;
};

export type Known = Awaited<ReturnType<ReturnType<typeof useWebhooks>["createKnown"]>>;

/** Whether a session opens a page. */
export const isSignedIn = async (
  application: Pick<RunningApplication, "baseUrl">,
  { cookie }: { cookie: string },
): Promise<boolean> => {
  const headers = { cookie, accept: "text/html" };
  const answer = await fetch(`${application.baseUrl}/account`, { headers, redirect: "manual" });
  return answer.status === 200;
};

/** Makes each change of a user's row fail. @returns what ends that */
export async function poison({ query }: Pick<RunningApplication, "query">, { id }: { id: string }) {
  await query(
    `create function refuse_poison() returns trigger language plpgsql as
     $$ begin if new.id = '${id}' then raise 'poison'; end if; return new; end $$;
     create trigger poison before update on users for each row execute function refuse_poison()`,
  );
  return () => query("drop function refuse_poison() cascade");
}
