import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { hasPermission, permissions, type Role, roles } from "../../src/access/roles.ts";
import { productName, productSlug } from "../../src/runtime/product.ts";
import { about, baseUrl, bootstrap, type Run, useFreshLogto } from "./provision-world.ts";

const named = z.looseObject({ id: z.string(), name: z.string() });
const role = named.extend({ type: z.string(), scopes: z.array(named) });

const permissionsOf = (name: Role) =>
  permissions.filter((permission) => hasPermission(name, permission)).toSorted();

describe("provisioning a fresh Logto", () => {
  const logto = useFreshLogto();
  let dryRun: Run;
  let before: unknown;
  let afterDryRun: unknown;
  let first: Run;

  beforeAll(async () => {
    before = await logto.snapshot();
    dryRun = await logto.provision({ isDryRun: true });
    afterDryRun = await logto.snapshot();
    first = await logto.provision();
  });

  it("changes nothing in a dry run, which lists what the first run then does", () => {
    expect(afterDryRun).toEqual(before);
    expect(dryRun.changes).toEqual(first.changes);
    expect(dryRun.changes.length).toBeGreaterThan(permissions.length);
    expect(about(first.entries, "machine-to-machine application")).toEqual([
      { outcome: "unchanged", text: `Management client (${bootstrap.id})` },
    ]);
    expect(dryRun.settings).toEqual({
      LOGTO_APP_ID: undefined,
      LOGTO_APP_SECRET: undefined,
      LOGTO_M2M_APP_ID: bootstrap.id,
      LOGTO_M2M_APP_SECRET: bootstrap.secret,
      LOGTO_WEBHOOK_SIGNING_KEY: undefined,
    });
  });

  it("makes the application that people sign in through, with all three of its addresses", async () => {
    const id = first.settings.LOGTO_APP_ID ?? "";
    const application = await logto.operator.read(named, (client) =>
      client.GET("/api/applications/{id}", { params: { path: { id } } }),
    );
    expect(application).toMatchObject({
      name: productName,
      type: "Traditional",
      customData: { [productSlug]: { baseUrl } },
      oidcClientMetadata: {
        redirectUris: [`${baseUrl}/callback`],
        postLogoutRedirectUris: [`${baseUrl}/`],
        backchannelLogoutUri: `${baseUrl}/back-channel-logout`,
        backchannelLogoutSessionRequired: true,
      },
    });
    const secrets = await logto.query<{ value: string }>(
      "select value from application_secrets where application_id = $1",
      [id],
    );
    expect(secrets).toEqual([{ value: first.settings.LOGTO_APP_SECRET }]);
  });

  it("makes the roles of people and of service accounts, with the permissions of src/access/roles.ts", async () => {
    const found = await logto.operator.list(role, (client, query) =>
      client.GET("/api/organization-roles", { params: { query } }),
    );
    const described = found.map(({ name, type, scopes }) => ({
      name,
      type,
      scopes: scopes.map((scope) => scope.name).toSorted(),
    }));
    const ofPeople = roles.map((name) => ({ name, type: "User", scopes: permissionsOf(name) }));
    const ofMachines = (["admin", "member", "viewer"] as const).map((name) => ({
      name: `machine-${name}`,
      type: "MachineToMachine",
      scopes: permissionsOf(name),
    }));
    const byName = (list: { name: string }[]) =>
      list.toSorted((left, right) => left.name.localeCompare(right.name));
    expect(byName(described)).toEqual(byName([...ofPeople, ...ofMachines]));
  });

  it("makes the connector to Hugging Face and its button, and says where Hugging Face is to send people", async () => {
    const connectors = await logto.query("select id, connector_id, config from connectors");
    expect(connectors).toEqual([
      {
        id: expect.any(String),
        connector_id: "huggingface-universal",
        config: {
          clientId: "ours",
          clientSecret: "known to Hugging Face",
          scope: "openid profile read-memberships",
        },
      },
    ]);
    const [connector] = z.array(z.object({ id: z.string() })).parse(connectors);
    expect(about(first.entries, "connector").at(-1)).toEqual({
      outcome: "note",
      text: `the Hugging Face application needs the redirect URIs ${logto.endpoint}/callback/${connector?.id} and ${logto.endpoint}/account/callback/social/${connector?.id}`,
    });
    const experience = await logto.operator.read(
      z.looseObject({ socialSignInConnectorTargets: z.array(z.string()) }),
      (client) => client.GET("/api/sign-in-exp"),
    );
    expect(experience.socialSignInConnectorTargets).toEqual(["huggingface"]);
    expect(experience["signUp"]).toMatchObject({ identifiers: ["username"] });
  });

  it("makes the webhook, whose signing key it tells", async () => {
    const [hook] = await logto.operator.read(
      z.array(z.looseObject({ events: z.array(z.string()) })),
      (client) => client.GET("/api/hooks"),
    );
    expect(hook?.events).toHaveLength(8);
    expect(hook).toMatchObject({
      name: `${productName} ${baseUrl}`,
      enabled: true,
      config: { url: `${baseUrl}/webhooks/logto` },
      signingKey: first.settings.LOGTO_WEBHOOK_SIGNING_KEY,
    });
  });

  it("changes nothing a second time, with what the first one told, or without it", async () => {
    const present = await logto.snapshot();
    const told = z.record(z.string(), z.string()).parse(first.settings);
    for (const environment of [told, {}]) {
      const second = await logto.provision({ environment });
      expect(second.changes).toEqual([]);
      expect(second.settings).toEqual(first.settings);
    }
    expect(await logto.snapshot()).toEqual(present);
  });

  it("makes another application and webhook for another address, and leaves those of the first", async () => {
    const environment = { BASE_URL: "https://staging.example.com" };
    const other = await logto.provision({ environment });
    expect(other.changes).toEqual([
      `created web application: ${productName}, for https://staging.example.com`,
      "created webhook: to https://staging.example.com/webhooks/logto",
    ]);
    expect(other.settings.LOGTO_APP_ID).not.toBe(first.settings.LOGTO_APP_ID);
    expect((await logto.provision()).settings).toEqual(first.settings);
  });
});
