import { beforeAll, beforeEach } from "vitest";
import { z } from "zod";

import { issuerOf } from "../../src/relying-party/discovery.ts";
import { LogtoError } from "../../src/logto/client/logto-error.ts";
import {
  createManagementApi,
  type ManagementApi,
  type ManagementApiOptions,
} from "../../src/logto/client/management-api.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

/** The Logto stand-in, clients of its Management API, and the requests that reach it. */
export function useManagementApi() {
  const provider = useIdentityProvider();
  let endpoint: string;
  let credentials: { appId: string; appSecret: string };
  beforeAll(async () => {
    const started = await provider.start("http://localhost:9");
    endpoint = started.endpoint;
    credentials = {
      appId: started.environment.LOGTO_M2M_APP_ID,
      appSecret: started.environment.LOGTO_M2M_APP_SECRET,
    };
  });
  beforeEach(() => provider.logto.faults.clear());

  return {
    provider,
    get faults() {
      return provider.logto.faults;
    },
    get issuer() {
      return issuerOf(endpoint);
    },
    /** Creates a client without a token, and without memory of failures. */
    create: (options: Partial<ManagementApiOptions> = {}): ManagementApi =>
      createManagementApi({
        endpoint,
        credentials,
        resource: "https://default.logto.app/api",
        ...options,
      }),
    tokenOptions: (clock: () => number) => ({
      endpoint,
      credentials,
      resource: "https://default.logto.app/api",
      requestTimeout: 3_000,
      clock,
    }),
    /** Notes every request, as `GET /api/organizations`, and disturbs none. */
    watch() {
      provider.logto.faults.set({ kind: "slow", milliseconds: 0 });
      return provider.logto.faults;
    },
  };
}

const anything = z.unknown();
const nowhere = { path: { id: "none" } };

/** A request of each method, without an effect. */
export const calls = {
  GET: (api: ManagementApi) => api.read(anything, (client) => client.GET("/api/hooks")),
  POST: (api: ManagementApi) =>
    api.send((client) => client.POST("/api/organizations", { body: { name: "One" } })),
  PUT: (api: ManagementApi) =>
    api.send((client) =>
      client.PUT("/api/organizations/{id}/users", { params: nowhere, body: { userIds: [] } }),
    ),
  PATCH: (api: ManagementApi) =>
    api.send((client) =>
      client.PATCH("/api/organizations/{id}", { params: nowhere, body: { name: "Another" } }),
    ),
  DELETE: (api: ManagementApi) =>
    api.send((client) => client.DELETE("/api/organizations/{id}", { params: nowhere })),
};

/** @returns the LogtoError; any other error is thrown */
export async function failureOf(work: Promise<unknown>): Promise<LogtoError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LogtoError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
