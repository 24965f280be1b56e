import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { type Check, describeObstacle } from "../contract/check.ts";
import { contract } from "../contract/contract.ts";
import { openTarget, startStandIn, type Target } from "../contract/target.ts";
import { openWorld, type World } from "../contract/world.ts";
import { readRecordings } from "../logto-stand-in/recordings.ts";

const checks = contract.flatMap((part) => part.checks);
const named = z.object({ id: z.string(), name: z.string().nullable() });

let logto: Target;
let api: ManagementApi;
beforeAll(async () => {
  logto = await startStandIn();
  const { endpoint, machine, resource } = logto;
  const credentials = { appId: machine.id, appSecret: machine.secret };
  api = createManagementApi({ endpoint, credentials, resource });
});
afterAll(() => logto?.stop());

/** The titles of the checks that fail. */
async function findFailures(world: World, asked: readonly Check[]): Promise<string[]> {
  const failures: string[] = [];
  for (const check of asked) {
    try {
      await check.run(world);
    } catch {
      failures.push(check.title);
    }
  }
  return failures;
}

/** The state that a run must leave as it was. */
async function takeInventory() {
  const list = async (path: "organizations" | "users" | "applications" | "organization-roles") =>
    (
      await api.list(named, (client, query) => client.GET(`/api/${path}`, { params: { query } }))
    ).map(({ id }) => id);
  return {
    organizations: await list("organizations"),
    users: await list("users"),
    applications: await list("applications"),
    hooks: await api.read(z.array(named), (client) => client.GET("/api/hooks")),
    roles: await list("organization-roles"),
  };
}

describe("the contract", () => {
  it("names a recording of a real Logto for each of its checks", () => {
    const unknown = checks
      .flatMap(({ follows }) => follows)
      .filter((reference) => {
        const [area = "", ...name] = reference.split(": ");
        return !readRecordings(area).some((entry) => entry.name === name.join(": "));
      });
    expect(unknown).toEqual([]);
    expect(checks.filter(({ follows }) => follows.length === 0)).toEqual([]);
  });

  it("has each title once", () => {
    expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length);
  });

  it("holds twice at once, and leaves only what was there before", async () => {
    await api.send((client) =>
      client.POST("/api/organizations", { body: { name: "contract of others" } }),
    );
    await api.send((client) => client.POST("/api/users", { body: { username: "contract" } }));
    const before = await takeInventory();
    const worlds = await Promise.all([openWorld(logto), openWorld(logto)]);
    const failures = await Promise.all(worlds.map((world) => findFailures(world, checks)));
    await Promise.all(worlds.map((world) => world.close()));
    expect(failures).toEqual([[], []]);
    const after = await takeInventory();
    // The ones that provisioning made, which it left there.
    expect(after.roles).toHaveLength(7);
    expect({ ...after, roles: before.roles }).toEqual(before);
  });
});

describe("a Logto of other installations", () => {
  it("is refused, and left as it is, where a role of ours permits something else there", async () => {
    await (await openWorld(logto)).close();
    const role = (
      await api.list(named, (client, query) =>
        client.GET("/api/organization-roles", { params: { query } }),
      )
    ).find(({ name }) => name === "viewer");
    const path = { id: role?.id ?? "" };
    const readScopes = () =>
      api.read(z.array(named), (client) =>
        client.GET("/api/organization-roles/{id}/scopes", { params: { path } }),
      );
    const scopes = await readScopes();
    const put = (organizationScopeIds: string[]) =>
      api.send((client) =>
        client.PUT("/api/organization-roles/{id}/scopes", {
          params: { path },
          body: { organizationScopeIds },
        }),
      );
    await put([]);
    const before = await takeInventory();
    await expect(openWorld(logto)).rejects.toThrow(/viewer: .*\+project:read/);
    expect(await readScopes()).toEqual([]);
    expect(await takeInventory()).toEqual(before);
    await put(scopes.map(({ id }) => id));
  });

  it("is refused where the address for webhooks is that of an installation", async () => {
    const world = await openWorld(logto);
    await world.listener?.stop();
    const { hostname, port } = new URL(world.baseUrl);
    const second = { ...logto, listening: { port: Number(port), host: hostname } };
    await expect(openWorld(second)).rejects.toThrow(/has an application or a webhook for http/);
    expect((await takeInventory()).applications).toContain(world.settings.LOGTO_APP_ID);
    await world.close().catch(() => undefined);
  });
});

describe("a real Logto", () => {
  const environment = {
    CONTRACT_LOGTO_ENDPOINT: "https://auth.example.com/",
    CONTRACT_LOGTO_M2M_APP_ID: "id",
    CONTRACT_LOGTO_M2M_APP_SECRET: "secret",
  };

  it("is named by the environment", async () => {
    expect(await openTarget({ ...environment, CONTRACT_WEBHOOK_URL: "" })).toMatchObject({
      endpoint: "https://auth.example.com",
      machine: { id: "id", secret: "secret" },
      resource: "https://default.logto.app/api",
      listening: null,
      hasSignInForm: false,
    });
    const webhooks = { CONTRACT_WEBHOOK_URL: "https://tunnel.example.com" };
    await expect(openTarget({ ...environment, ...webhooks })).rejects.toThrow(
      "CONTRACT_WEBHOOK_PORT",
    );
    expect(
      await openTarget({ ...environment, ...webhooks, CONTRACT_WEBHOOK_PORT: "4000" }),
    ).toMatchObject({ listening: { url: "https://tunnel.example.com", port: 4000 } });
    await expect(openTarget({ ...environment, CONTRACT_LOGTO_M2M_APP_ID: "" })).rejects.toThrow(
      "CONTRACT_LOGTO_M2M_APP_ID",
    );
  });

  it("is not asked what it cannot do, and the output says why", async () => {
    const world = await openWorld({ ...logto, listening: null, hasSignInForm: false });
    const reasons = checks.flatMap((check) => describeObstacle(check, world) ?? []);
    await world.close();
    expect(new Set(reasons)).toEqual(
      new Set([
        "CONTRACT_WEBHOOK_URL is not set, so Logto cannot tell this machine anything",
        "only the stand-in has a page to sign in at without a browser",
      ]),
    );
  });
});
