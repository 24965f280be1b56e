import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";

import { createOpenIdClient, type OpenIdClient } from "../../src/relying-party/relying-party.ts";
import { isRefusal } from "../../src/logto/client/logto-error.ts";
import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { readProvisionConfig } from "../../src/logto/provision/config.ts";
import { createLedger, type Entry } from "../../src/logto/provision/ledger.ts";
import { provision, type ProvisionedSettings } from "../../src/logto/provision/provision.ts";
import { type Listener, listen } from "./listener.ts";
import { removeOurs } from "./remove-ours.ts";
import type { Target } from "./target.ts";

type Provisioning = { settings: ProvisionedSettings; entries: Entry[] };
export type Account = { id: string; username: string; password: string };

/** A Logto made ready for an installation that does not exist, and what the checks make there. */
export type World = Target & {
  /** The application's own client of the Management API. */
  api: ManagementApi;
  /** The application's own client of OpenID Connect, as the web application that was made. */
  openId: OpenIdClient;
  /** That installation's address. */
  baseUrl: string;
  settings: ProvisionedSettings;
  /** The webhooks of Logto; null if it cannot reach this machine. */
  listener: Listener | null;
  /** As `npm run logto:provision -- --keep-sign-in` does it. */
  provision(): Promise<Provisioning>;
  /** All that `npm run logto:provision -- --dry-run` says: it reads how people sign in, and changes nothing. */
  describeProvisioning(): Promise<Entry[]>;
  /** Invents an unused name. Everything with it is removed at the end. */
  invent(what: string): string;
  /** Invents an id of ours. An organization at Logto with it is removed at the end. */
  inventOrganizationId(): string;
  /** Makes things as an operator would in Logto's Console. @returns ids at Logto */
  createUser(): Promise<Account>;
  createOrganization(): Promise<string>;
  createMachine(): Promise<string>;
  /** Removes all that was made. */
  close(): Promise<void>;
};

const identified = z.object({ id: z.string() });

/** @throws {Error} where something would have to be changed that others have made; nothing is, then */
export async function openWorld(target: Target): Promise<World> {
  const tag = `contract${randomBytes(6).toString("hex")}`;
  const organizationIds: string[] = [];
  const listener = target.listening && (await listen(target.listening));
  const baseUrl = listener?.url ?? `https://${tag}.example.com`;
  const { endpoint, machine, resource } = target;
  const credentials = { appId: machine.id, appSecret: machine.secret };
  const api = createManagementApi({ endpoint, credentials, resource, requestTimeout: 10_000 });

  async function runProvision(isDryRun: boolean, keepSignIn = true): Promise<Provisioning> {
    const ledger = createLedger({ isDryRun });
    const config = readProvisionConfig({
      NODE_ENV: "development",
      BASE_URL: baseUrl,
      LOGTO_ENDPOINT: endpoint,
      LOGTO_M2M_APP_ID: machine.id,
      LOGTO_M2M_APP_SECRET: machine.secret,
      LOGTO_MANAGEMENT_API_RESOURCE: resource,
    });
    const settings = await provision({ api, config, ledger }, { keepSignIn });
    return { settings, entries: ledger.entries };
  }

  const stop = async () => {
    await listener?.stop();
  };
  const close = async () => {
    try {
      await removeOurs(api, { tag, baseUrl, organizationIds });
    } finally {
      await stop();
    }
  };

  try {
    refuseToTouch((await runProvision(true)).entries, baseUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  try {
    const { settings } = await withRetries(() => runProvision(false));
    const { LOGTO_APP_ID: appId = "", LOGTO_APP_SECRET: appSecret = "" } = settings;
    let number = 0;
    const world: World = {
      ...target,
      api,
      openId: createOpenIdClient({ endpoint, appId, appSecret, baseUrl }),
      baseUrl,
      settings,
      listener,
      provision: () => runProvision(false),
      describeProvisioning: async () => (await runProvision(true, false)).entries,
      invent(what) {
        number += 1;
        return `${tag}_${what}_${number}`;
      },
      inventOrganizationId() {
        const id = randomUUID();
        organizationIds.push(id);
        return id;
      },
      async createUser() {
        const username = world.invent("user");
        const account = { username, password: randomBytes(16).toString("hex") };
        const body = { ...account, name: "Con Tract", primaryEmail: `${username}@example.com` };
        const { id } = await api.read(identified, (client) => client.POST("/api/users", { body }));
        return { id, ...account };
      },
      async createOrganization() {
        const body = { name: world.invent("organization") };
        const created = await api.read(identified, (client) =>
          client.POST("/api/organizations", { body }),
        );
        return created.id;
      },
      async createMachine() {
        const body = { name: world.invent("machine"), type: "MachineToMachine" as const };
        const created = await api.read(identified, (client) =>
          client.POST("/api/applications", { body }),
        );
        return created.id;
      },
      close,
    };
    return world;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Refuses to change what other installations at this Logto share. Adding to it is allowed. */
function refuseToTouch(entries: readonly Entry[], baseUrl: string): void {
  const updates = entries.filter(({ outcome }) => outcome === "updated");
  const isCreated = (kind: string) =>
    entries.some((entry) => entry.outcome === "created" && entry.kind === kind);
  if (!isCreated("web application") || !isCreated("webhook")) {
    throw new Error(
      `This Logto has an application or a webhook for ${baseUrl} already. Set CONTRACT_WEBHOOK_URL to an address that no installation has.`,
    );
  }
  if (updates.length === 0) return;
  const texts = updates.map(({ kind, text }) => `${kind} ${text}`).join("; ");
  throw new Error(
    `The checks change nothing that others have made, and would have to: ${texts}. Run npm run logto:provision there first, or choose another Logto.`,
  );
}

/** All installations share the roles and permissions, so another run may be making them as well. */
async function withRetries<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 50 || !isRefusal(error, "entity.unique_integrity_violation")) throw error;
    }
  }
}
