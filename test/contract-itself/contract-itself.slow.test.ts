import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { createManagementApi, type ManagementApi } from "../../src/logto/client/management-api.ts";
import { type Check, describeObstacle } from "../contract/check.ts";
import { contract } from "../contract/contract.ts";
import { openTarget } from "../contract/target.ts";
import { openWorld, type World } from "../contract/world.ts";
import { readRecordings } from "../logto-stand-in/recordings.ts";
import { type Lie, type LyingLogto, startLyingLogto } from "./lying-logto.ts";

const checks = contract.flatMap((part) => part.checks);
const named = z.object({ id: z.string(), name: z.string().nullable() });

let logto: LyingLogto;
let api: ManagementApi;
beforeAll(async () => {
  logto = await startLyingLogto();
  const { endpoint, machine, resource } = logto;
  const credentials = { appId: machine.id, appSecret: machine.secret };
  api = createManagementApi({ endpoint, credentials, resource });
});
afterEach(() => logto.tell(null));
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

/** The lies: a name, how the answer is changed, and the checks that notice. */
const lies: [string, Lie, string[]][] = [
  [
    "another code where somebody is no member",
    (answer) => {
      const { body } = answer;
      answer.body = body.replace("organization.require_membership", "organization.no_member");
    },
    [
      "the roles of a user who is no member are neither shown nor changed: require_membership",
      "a removed member is gone, is 404 when removed again, and comes back without a role",
      "a deleted user is a member of no organization",
      "a machine is made a member with a machine role of ours, and taken out again",
    ],
  ],
  [
    "no Total-Number for members",
    (answer, call) => {
      if (/^GET .*\w\/users\b/.test(call)) answer.headers.delete("total-number");
    },
    [
      "each list that we read to its end has a Total-Number, with a hundred on a page",
      "a user becomes a member with a role of ours, given by name, and has only that one then",
      "an unknown organization has an empty list of members",
      "a deleted user is a member of no organization",
      "a machine is made a member with a machine role of ours, and taken out again",
    ],
  ],
  [
    "a signing key that is not the one it signs with",
    (answer, call) => {
      if (!call.includes(" /api/hooks")) return;
      answer.body = answer.body.replaceAll(/"signingKey":"[^"]*"/g, '"signingKey":"another"');
    },
    ["a webhook is signed with its key, over the bytes of its body"],
  ],
  [
    "nothing of the organizations of a name",
    (answer, call) => {
      if (!/^GET \/api\/organizations\?.*\bq=/.test(call)) return;
      answer.body = "[]";
      answer.headers.set("total-number", "0");
    },
    [
      "an organization named by a UUID is found at once by that name and our mark, so it is not made twice",
      "a page has the requested size, and Total-Number says how many there are in all",
    ],
  ],
  [
    "keys that it does not sign with",
    (answer, call) => {
      if (call.endsWith("/oidc/jwks"))
        answer.body = answer.body.replaceAll('"kid":"', '"kid":"no-');
    },
    contract
      .filter(({ about }) => about === "sign-in")
      .flatMap((part) => part.checks.map(({ title }) => title))
      .concat(
        "a machine gets a token for its organization: exactly that audience, what its role permits",
      ),
  ],
];

describe("a Logto that says", () => {
  it.each(lies)("%s is caught, and all that was made is removed", async (_what, lie, caught) => {
    const before = await takeInventory();
    logto.tell(lie);
    const world = await openWorld(logto);
    const failures = await findFailures(world, checks);
    logto.tell(null);
    await world.close();
    expect(failures.toSorted()).toEqual(caught.toSorted());
    expect(await takeInventory()).toEqual({ ...before, roles: expect.any(Array) });
  });
});

describe("a Logto that has what others have made", () => {
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
