import { expect } from "vitest";
import { z } from "zod";

import type { Check } from "./check.ts";
import { refusalOf } from "./refusal-of.ts";
import type { World } from "./world.ts";

/** The answers that `npm run logto:provision` needs: src/logto/provision/. How people sign in is left alone. */
export const provisioning: Check[] = [
  {
    title: "a second run finds everything, and changes nothing",
    follows: [
      "provisioning: create traditional web application",
      "provisioning: list secrets of the application",
      "management-organization-template: roles: create",
      "management-organization-template: scopes: create",
    ],
    async run(world) {
      const { settings, entries } = await world.provision();
      expect(settings).toEqual(world.settings);
      const changes = entries.filter(({ outcome }) => ["created", "updated"].includes(outcome));
      expect(changes).toEqual([]);
    },
  },
  {
    title:
      "the web application has its three addresses, also after a change, which replaces them whole",
    follows: [
      "management-applications: patch redirect uris",
      "management-applications: patch backchannel logout",
    ],
    async run(world) {
      const { api, baseUrl } = world;
      const ours = {
        redirectUris: [`${baseUrl}/callback`],
        postLogoutRedirectUris: [`${baseUrl}/`],
        backchannelLogoutUri: `${baseUrl}/back-channel-logout`,
        backchannelLogoutSessionRequired: true,
      };
      expect(await readMetadata(world)).toMatchObject(ours);
      const path = { id: world.settings.LOGTO_APP_ID ?? "" };
      const body = { oidcClientMetadata: { redirectUris: [], postLogoutRedirectUris: [] } };
      await api.send((client) =>
        client.PATCH("/api/applications/{id}", { params: { path }, body }),
      );
      expect(await readMetadata(world)).not.toHaveProperty("backchannelLogoutUri");
      await world.provision();
      expect(await readMetadata(world)).toMatchObject(ours);
    },
  },
  {
    title: "the sign-in settings can be read, and compared with ours",
    follows: [
      "provisioning: read sign-in experience",
      "provisioning: create Hugging Face connector",
      "account-center: settings: read, as a fresh Logto has them",
    ],
    async run(world) {
      const kinds = (await world.describeProvisioning()).map(({ kind }) => kind);
      const ours = [
        "connector",
        "sign-in experience",
        "sign-up",
        "single sign-on",
        "account pages",
      ];
      expect(kinds).toEqual(expect.arrayContaining(ours));
    },
  },
  {
    title: "a second secret can be made, under an unused name",
    follows: [
      "management-applications: create second secret",
      "management-applications: create secret with same name",
    ],
    async run(world) {
      const id = await world.createMachine();
      const name = world.invent("secret");
      const make = () =>
        world.api.read(z.object({ value: z.string().min(1) }), (client) =>
          client.POST("/api/applications/{id}/secrets", {
            params: { path: { id } },
            body: { name },
          }),
        );
      await make();
      expect(await refusalOf(make())).toMatchObject({ kind: "refused", status: 422 });
    },
  },
  {
    title: "the permissions of a role are replaced as a whole",
    follows: [
      "management-organization-template: roles: scopes replace",
      "management-organization-template: roles: scopes list",
    ],
    async run({ api, ...world }) {
      const named = z.object({ id: z.string(), name: z.string() });
      const scopes = await api.list(named, (client, query) =>
        client.GET("/api/organization-scopes", { params: { query } }),
      );
      const [first, second] = scopes.map((scope) => scope.id);
      const role = await api.read(named, (client) =>
        client.POST("/api/organization-roles", {
          body: {
            name: world.invent("role"),
            type: "User",
            organizationScopeIds: [first ?? ""],
            resourceScopeIds: [],
          },
        }),
      );
      await api.send((client) =>
        client.PUT("/api/organization-roles/{id}/scopes", {
          params: { path: { id: role.id } },
          body: { organizationScopeIds: [second ?? ""] },
        }),
      );
      const roles = await api.list(named.extend({ scopes: z.array(named) }), (client, query) =>
        client.GET("/api/organization-roles", { params: { query } }),
      );
      const found = roles.find(({ id }) => id === role.id);
      expect(found?.scopes.map((scope) => scope.id)).toEqual([second]);
    },
  },
  {
    title: "the webhook's events and address are changed, and its signing key stays",
    follows: ["webhook-administration: patch events", "webhook-administration: disable"],
    async run(world) {
      const hook = await readHook(world);
      expect(hook).toMatchObject({
        enabled: true,
        signingKey: world.settings.LOGTO_WEBHOOK_SIGNING_KEY,
      });
      await world.api.send((client) =>
        client.PATCH("/api/hooks/{id}", {
          params: { path: { id: hook?.id ?? "" } },
          body: { events: ["User.Created"], enabled: false },
        }),
      );
      expect(await readHook(world)).toMatchObject({ events: ["User.Created"], enabled: false });
      await world.provision();
      const mended = await readHook(world);
      expect({ ...mended, events: mended?.events.toSorted() }).toEqual({
        ...hook,
        events: hook?.events.toSorted(),
      });
    },
  },
];

const hookAnswer = z.object({
  id: z.string(),
  events: z.array(z.string()),
  config: z.looseObject({ url: z.string() }),
  signingKey: z.string(),
  enabled: z.boolean(),
});

async function readHook({ api, baseUrl }: World) {
  const hooks = await api.read(z.array(hookAnswer), (client) => client.GET("/api/hooks"));
  return hooks.find(({ config }) => config.url === `${baseUrl}/webhooks/logto`);
}

async function readMetadata({ api, settings }: World): Promise<Record<string, unknown>> {
  const answer = z.object({ oidcClientMetadata: z.record(z.string(), z.unknown()) });
  const application = await api.read(answer, (client) =>
    client.GET("/api/applications/{id}", {
      params: { path: { id: settings.LOGTO_APP_ID ?? "" } },
    }),
  );
  return application.oidcClientMetadata;
}
