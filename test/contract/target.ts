import { z } from "zod";

import { startLogtoStandIn } from "../../dev/logto/server.ts";
import { createEmptyDatabase } from "../support/database.ts";

/** A Logto to be checked. */
export type Target = {
  /** Logto's own address, without a path. */
  endpoint: string;
  machine: { id: string; secret: string };
  /** The identifier of the Management API. */
  resource: string;
  /** The port of this machine that takes webhooks, and the address by which Logto reaches it; null: none. */
  listening: { url?: string; port: number; host?: string } | null;
  /** A page to sign in at without a browser: only the stand-in has one. */
  hasSignInForm: boolean;
  stop(): Promise<void>;
};

const settings = z.object({
  CONTRACT_LOGTO_ENDPOINT: z.url(),
  CONTRACT_LOGTO_M2M_APP_ID: z.string().min(1),
  CONTRACT_LOGTO_M2M_APP_SECRET: z.string().min(1),
  CONTRACT_LOGTO_MANAGEMENT_API_RESOURCE: z.url().default("https://default.logto.app/api"),
  CONTRACT_WEBHOOK_URL: z.url().optional(),
  CONTRACT_WEBHOOK_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
});

/** The Logto that the environment names, or else a stand-in. */
export async function openTarget(environment: NodeJS.ProcessEnv): Promise<Target> {
  // In a file for settings, one left empty is one that is not there.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  if (given["CONTRACT_LOGTO_ENDPOINT"] === undefined) return startStandIn();
  const values = settings.parse(given);
  const url = values.CONTRACT_WEBHOOK_URL ? new URL(values.CONTRACT_WEBHOOK_URL) : null;
  const port = values.CONTRACT_WEBHOOK_PORT ?? Number(url?.port);
  if (url && port === 0) {
    throw new Error(
      "CONTRACT_WEBHOOK_PORT is not set: which port of this machine does that address lead to?",
    );
  }
  return {
    endpoint: new URL(values.CONTRACT_LOGTO_ENDPOINT).origin,
    machine: {
      id: values.CONTRACT_LOGTO_M2M_APP_ID,
      secret: values.CONTRACT_LOGTO_M2M_APP_SECRET,
    },
    resource: values.CONTRACT_LOGTO_MANAGEMENT_API_RESOURCE,
    listening: url && { url: url.origin, port },
    hasSignInForm: false,
    stop: async () => undefined,
  };
}

export async function startStandIn(): Promise<Target> {
  const database = await createEmptyDatabase();
  const machine = { id: "contract", secret: "known to both" };
  const standIn = await startLogtoStandIn({
    databaseUrl: database.url,
    port: 0,
    machineToMachine: machine,
    // Nothing listens there: the contract does not sign in with it.
    huggingFace: { issuer: "http://127.0.0.1:9" },
  });
  return {
    endpoint: standIn.endpoint,
    machine,
    resource: "https://default.logto.app/api",
    listening: { port: 0, host: "127.0.0.1" },
    hasSignInForm: true,
    async stop() {
      await standIn.stop();
      await database.drop();
    },
  };
}
