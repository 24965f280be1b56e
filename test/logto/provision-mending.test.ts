import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { hasPermission, permissions } from "../../src/access/roles.ts";
import { productName, productSlug } from "../../src/runtime/product.ts";
import { about, baseUrl, bootstrap, huggingFaceClient, useFreshLogto } from "./provision-world.ts";

const json = (value: unknown) => JSON.stringify(value);

describe("provisioning a Logto that an operator has changed", () => {
  const logto = useFreshLogto();
  let known: Record<string, string>;
  let appId: string;

  beforeAll(async () => {
    const { settings } = await logto.provision();
    known = z.record(z.string(), z.string()).parse(settings);
    appId = known["LOGTO_APP_ID"] ?? "";
  });

  /** Changes something by hand, and runs the command. @returns its changes; a further run makes none */
  async function mendAfter(statement: string, values: unknown[] = []): Promise<string[]> {
    await logto.query(statement, values);
    const dry = await logto.provision({ environment: known, isDryRun: true });
    const { changes } = await logto.provision({ environment: known });
    expect(dry.changes).toEqual(changes);
    expect((await logto.provision({ environment: known })).changes).toEqual([]);
    return changes;
  }

  const addresses = {
    redirectUris: [`${baseUrl}/callback`],
    postLogoutRedirectUris: [`${baseUrl}/`],
    backchannelLogoutUri: `${baseUrl}/back-channel-logout`,
    backchannelLogoutSessionRequired: true,
  };

  it.each<[{ [Name in keyof typeof addresses]?: (typeof addresses)[Name] | undefined }, string]>([
    [
      { redirectUris: [], postLogoutRedirectUris: [], backchannelLogoutUri: undefined },
      "redirect URI, post sign-out redirect URI, back-channel logout",
    ],
    [{ redirectUris: ["https://other.example/back"] }, "redirect URI"],
    [{ backchannelLogoutUri: "https://other.example/logout" }, "back-channel logout"],
    [{ backchannelLogoutSessionRequired: false }, "back-channel logout"],
  ])("mends the application that has %j", async (metadata, named) => {
    const theirs = { logoUri: "https://logo.example/" };
    const complete = { ...addresses, ...metadata, ...theirs };
    const changes = await mendAfter(
      "update applications set oidc_client_metadata = $1 where id = $2",
      [json(complete), appId],
    );
    expect(changes).toEqual([`updated web application: ${productName} (${appId}): ${named}`]);
    const [row] = await logto.query<{ metadata: object }>(
      "select oidc_client_metadata as metadata from applications where id = $1",
      [appId],
    );
    const others = (metadata.redirectUris ?? []).filter(
      (uri) => !addresses.redirectUris.includes(uri),
    );
    const redirectUris = [...others, ...addresses.redirectUris];
    expect(row?.metadata).toEqual({ ...addresses, ...theirs, redirectUris });
  });

  it("takes another secret if ours is gone, creates one if none lasts, and keeps ours while it is valid", async () => {
    await logto.query(
      "update application_secrets set value = 'rotated' where application_id = $1",
      [appId],
    );
    const rotated = await logto.provision({ environment: known });
    expect(rotated.changes).toEqual([]);
    expect(rotated.settings.LOGTO_APP_SECRET).toBe("rotated");
    await logto.query(
      "update application_secrets set expires_at = now() - interval '1 day' where application_id = $1",
      [appId],
    );
    const remade = await logto.provision({ environment: known });
    expect(remade.changes).toEqual([expect.stringContaining(`, of ${productName} (`)]);
    expect(remade.settings.LOGTO_APP_SECRET).toMatch(/^[A-Za-z0-9]{32}$/);
    known = { ...known, LOGTO_APP_SECRET: remade.settings.LOGTO_APP_SECRET ?? "" };
    expect((await logto.provision({ environment: known })).settings).toEqual(known);

    await logto.query(
      `insert into application_secrets (application_id, name, value, expires_at)
       values ($1, 'ours', 'expires later', now() + interval '1 day')`,
      [appId],
    );
    const environment = { ...known, LOGTO_APP_SECRET: "expires later" };
    expect((await logto.provision({ environment })).settings.LOGTO_APP_SECRET).toBe(
      "expires later",
    );
    expect((await logto.provision({ environment: known })).settings).toEqual(known);
  });

  it("adds missing permissions to roles, removes surplus ones of ours, keeps those of others", async () => {
    await logto.query(
      "insert into organization_scopes (id, name) values ('foreign', 'coffee:brew')",
    );
    const changes = await mendAfter(`
      with viewer as (select id from organization_roles where name = 'viewer'),
           removed as (
             delete from organization_role_scopes where role_id = (select id from viewer)
                and scope_id = (select id from organization_scopes where name = 'member:read'))
      insert into organization_role_scopes (role_id, scope_id)
      select viewer.id, scopes.id from viewer, organization_scopes as scopes
       where scopes.name in ('coffee:brew', 'organization:delete')`);
    expect(changes).toEqual([
      "updated organization role: viewer: +member:read -organization:delete",
    ]);
    const rows = await logto.query<{ name: string }>(`
      select scopes.name from organization_role_scopes as granted
        join organization_roles as roles on roles.id = role_id and roles.name = 'viewer'
        join organization_scopes as scopes on scopes.id = scope_id order by scopes.name`);
    const ours = permissions.filter((permission) => hasPermission("viewer", permission));
    expect(rows.map(({ name }) => name)).toEqual(["coffee:brew", ...ours].toSorted());
  });

  it("creates a deleted role and a deleted permission again, and gives it to its roles", async () => {
    const changes = await mendAfter(`
      with role as (delete from organization_roles where name = 'machine-viewer')
      delete from organization_scopes where name = 'member:update'`);
    expect(changes).toEqual([
      "created organization permission: member:update",
      "updated organization role: owner: +member:update",
      "updated organization role: admin: +member:update",
      "updated organization role of service accounts: machine-admin: +member:update",
      "created organization role of service accounts: machine-viewer",
    ]);
  });

  it("mends the connector, and keeps its other settings", async () => {
    const config = { ...huggingFaceClient, clientSecret: "old", scope: "email gated-repos", x: 1 };
    const changes = await mendAfter("update connectors set config = $1", [json(config)]);
    expect(changes).toEqual([
      "updated connector: Hugging Face: client secret, scope (without email: Logto would call an address verified that is not)",
    ]);
    const [row] = await logto.query<{ config: object }>("select config from connectors");
    expect(row?.config).toEqual({
      ...huggingFaceClient,
      scope: "gated-repos openid profile read-memberships",
      x: 1,
    });
  });

  it("leaves sign-in alone with --keep-sign-in", async () => {
    await logto.query(
      `update settings set value = value || '{"socialSignInConnectorTargets": []}'
        where name = 'sign-in experience'`,
    );
    const { changes, entries } = await logto.provision({ environment: known, keepSignIn: true });
    expect(changes).toEqual([]);
    expect(about(entries, "sign-in").map(({ outcome }) => outcome)).toEqual(["skipped"]);
    await logto.provision({ environment: known });
  });

  it.each([
    [{ url: "https://other.example/hook", headers: { "x-tenant": "a" } }, true, "address"],
    [{ url: `${baseUrl}/webhooks/logto` }, false, "switched on"],
  ])("mends the webhook that has %j", async (config, enabled, named) => {
    const changes = await mendAfter("update hooks set config = $1, enabled = $2", [
      json(config),
      enabled,
    ]);
    expect(changes).toEqual([`updated webhook: to ${baseUrl}/webhooks/logto: ${named}`]);
    const [row] = await logto.query<{ config: object }>("select config from hooks");
    expect(row?.config).toEqual({ ...config, url: `${baseUrl}/webhooks/logto` });
  });

  it("adds missing events to the webhook, and keeps further ones", async () => {
    const changes = await mendAfter("update hooks set events = $1", [
      json(["PostSignIn", "User.Created", "User.Data.Updated", "Organization.Created"]),
    ]);
    expect(changes).toEqual([
      `updated webhook: to ${baseUrl}/webhooks/logto: +User.SuspensionStatus.Updated, +User.Deleted, +Organization.Data.Updated, +Organization.Deleted, +Organization.Membership.Updated`,
    ]);
    const [hook] = await logto.query<{ events: string[] }>("select events from hooks");
    expect(hook?.events).toHaveLength(9);
    expect(hook?.events).toContain("PostSignIn");
  });

  it("tells the webhook's new key after a replacement, and keeps both while the setting has both", async () => {
    const [hook] = await logto.query<{ key: string }>("select signing_key as key from hooks");
    const both = { ...known, LOGTO_WEBHOOK_SIGNING_KEY: `next, ${hook?.key}` };
    const kept = await logto.provision({ environment: both });
    expect(kept.settings.LOGTO_WEBHOOK_SIGNING_KEY).toBe(`next, ${hook?.key}`);
    await logto.query("update hooks set signing_key = 'replaced'");
    const told = await logto.provision({ environment: both });
    expect(told.settings.LOGTO_WEBHOOK_SIGNING_KEY).toBe("replaced");
  });

  it("names the organizations with just-in-time provisioning, and leaves them so", async () => {
    const id = await logto.create("/api/organizations", { name: "Jit Inc" });
    const off = await logto.provision({ environment: known });
    expect(about(off.entries, "just-in-time provisioning")).toEqual([
      { outcome: "unchanged", text: "off" },
    ]);
    await logto.operator.send((client) =>
      client.PUT("/api/organizations/{id}/jit/email-domains", {
        params: { path: { id } },
        body: { emailDomains: ["jit.test"] },
      }),
    );
    const before = await logto.snapshot();
    const on = await logto.provision({ environment: known });
    expect(about(on.entries, "just-in-time provisioning")).toEqual([
      { outcome: "note", text: `is on for the organization Jit Inc (${id}): jit.test` },
    ]);
    expect(await logto.snapshot()).toEqual(before);
  });
});

describe("provisioning a Logto that others use as well", () => {
  const logto = useFreshLogto();

  it("leaves what is theirs, whatever its name", async () => {
    const type = "Traditional";
    const theirMark = { [productSlug]: { baseUrl: "https://x.example" } };
    const theirs = [
      bootstrap.id,
      await logto.create("/api/applications", { name: productName, type, customData: theirMark }),
      await logto.create("/api/applications", {
        name: "A page",
        type: "SPA",
        customData: { [productSlug]: { baseUrl } },
      }),
    ];
    const role = { name: "barista", organizationScopeIds: [], resourceScopeIds: [], type: "User" };
    await logto.create("/api/organization-roles", role);
    const config = { url: "https://x.example/" };
    await logto.create("/api/hooks", { name: "theirs", events: ["User.Created"], config });
    const before = await logto.snapshot();
    const { settings } = await logto.provision();
    expect(theirs).not.toContain(settings.LOGTO_APP_ID);
    const after = await logto.snapshot();
    for (const [table, rows] of Object.entries(before)) {
      // The sign-in experience is the only present setting that changes.
      if (table === "settings") continue;
      expect(after[table]).toEqual(expect.arrayContaining(z.array(z.unknown()).parse(rows)));
    }
  });

  it("adopts the application of LOGTO_APP_ID, and keeps its settings", async () => {
    const customData = { owner: "ops" };
    const body = { name: "By hand", type: "Traditional", customData };
    const id = await logto.create("/api/applications", body);
    const environment = { LOGTO_APP_ID: id, BASE_URL: "https://by-hand.example" };
    const { settings, changes } = await logto.provision({ environment });
    expect(settings.LOGTO_APP_ID).toBe(id);
    expect(changes[0]).toBe(
      `updated web application: By hand (${id}): redirect URI, post sign-out redirect URI, back-channel logout, custom data`,
    );
    const [row] = await logto.query("select name, custom_data from applications where id = $1", [
      id,
    ]);
    expect(row).toEqual({
      name: "By hand",
      custom_data: { owner: "ops", [productSlug]: { baseUrl: "https://by-hand.example" } },
    });
  });

  it("creates one if LOGTO_APP_ID is that of another Logto", async () => {
    const environment = { LOGTO_APP_ID: "nowhere", BASE_URL: "https://moved.example" };
    const { settings, changes } = await logto.provision({ environment });
    expect(changes[0]).toBe(`created web application: ${productName}, for https://moved.example`);
    expect(settings.LOGTO_APP_ID).not.toBe("nowhere");
  });
});
