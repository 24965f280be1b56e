import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { z } from "zod";

import { loadDiscovery } from "../../src/relying-party/discovery.ts";
import { createOpenIdRequester } from "../../src/relying-party/requester.ts";
import { createManagementApi } from "../../src/logto/client/management-api.ts";
import { Browser } from "../support/browser.ts";
import type { Check } from "./check.ts";
import { refusalOf } from "./refusal-of.ts";
import type { World } from "./world.ts";

/** The parts of OpenID Connect that need no person at a page: src/relying-party/, src/logto/client/management-api.ts. */
export const openId: Check[] = [
  {
    title: "discovery names the issuer <endpoint>/oidc, and addresses at that origin only",
    follows: ["discovery: discovery document"],
    async run({ endpoint, openId: client }) {
      const discovery = await loadDiscovery(client.issuer, request);
      expect(discovery).toMatchObject({ issuer: `${endpoint}/oidc`, sendsIssuer: true });
    },
  },
  {
    title: "the keys are public, have ids, and are for signatures that we accept (recorded: ES384)",
    follows: ["discovery: jwks"],
    async run({ openId: client }) {
      const { jwksUri, idTokenAlgorithms } = await loadDiscovery(client.issuer, request);
      const { keys } = keySet.parse(await request({ url: jwksUri }));
      const algorithms = keys.map(({ alg }) => alg ?? "none");
      expect(idTokenAlgorithms).toEqual(expect.arrayContaining(algorithms));
    },
  },
  {
    title: "the authorization endpoint accepts our parameters, and lets people sign in",
    follows: [
      "authorize: valid request, no session: redirect to hosted sign-in",
      "authorize: first_screen=register",
      "authorize: max_age=0",
    ],
    async run({ openId: client, endpoint }) {
      const secret = () => randomBytes(32).toString("base64url");
      const wishes = [{}, { firstScreen: "register" as const }, { maxAge: 0 }];
      for (const wish of wishes) {
        const { authorizationUrl } = await client.startSignIn({
          state: secret(),
          nonce: secret(),
          ...wish,
        });
        const answer = await fetch(authorizationUrl, { redirect: "manual" });
        expect(answer.status).toBe(303);
        const location = new URL(answer.headers.get("location") ?? "", endpoint);
        expect(location.origin).toBe(endpoint);
        expect(location.pathname).toBe("firstScreen" in wish ? "/register" : "/sign-in");
      }
    },
  },
  {
    title: "an unregistered redirect address is refused",
    follows: [
      "authorize: unregistered redirect_uri",
      "end-session: unregistered post_logout_redirect_uri",
    ],
    async run({ openId: client, settings }) {
      const elsewhere = "https://elsewhere.example.com/";
      const authorize = new URLSearchParams({
        client_id: settings.LOGTO_APP_ID ?? "",
        redirect_uri: elsewhere,
        response_type: "code",
        scope: "openid",
      });
      const endSession = new URLSearchParams({
        client_id: settings.LOGTO_APP_ID ?? "",
        post_logout_redirect_uri: elsewhere,
      });
      for (const path of [`auth?${authorize}`, `session/end?${endSession}`]) {
        const answer = await fetch(`${client.issuer}/${path}`, { redirect: "manual" });
        expect(answer.status, path).toBe(400);
      }
    },
  },
  {
    title:
      "a browser without a session is sent back by a form, and without that form it is refused",
    follows: [
      "end-session-stories: nobody signed in, client_id and post_logout_redirect_uri",
      "end-session-stories: nobody signed in, the confirmation without a form before",
    ],
    async run({ openId: client, baseUrl }) {
      const browser = new Browser({ stopAt: (url) => url.startsWith(baseUrl) });
      const form = await browser.open((await client.endSessionUrl()) ?? "");
      expect((await browser.submit(form)).url).toBe(`${baseUrl}/`);
      const again = { xsrf: "none", logout: "yes" };
      const answer = await browser.post(`${client.issuer}/session/end/confirm`, again);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        error_description: "could not find logout details",
      });
    },
  },
  {
    title: "every caller can read which buttons the sign-in page has",
    follows: ["well-known: what the hosted page reads: GET /api/.well-known/sign-in-exp"],
    async run({ endpoint }) {
      const answer = await request({ url: `${endpoint}/api/.well-known/sign-in-exp` });
      const { socialConnectors } = buttons.parse(answer);
      expect(new Set(socialConnectors.map(({ target }) => target)).size).toBe(
        socialConnectors.length,
      );
    },
  },
  {
    title: "an unknown application, and one without the right, get different error codes",
    follows: [
      "client-credentials: wrong secret",
      "client-credentials: unknown client",
      "client-credentials: unknown resource",
      "client-credentials: traditional app tries client_credentials",
      "management-authentication: m2m token without scope all",
    ],
    async run(world) {
      const { machine, resource, settings } = world;
      const right = { appId: machine.id, appSecret: machine.secret };
      const web = {
        appId: settings.LOGTO_APP_ID ?? "",
        appSecret: settings.LOGTO_APP_SECRET ?? "",
      };
      const powerless = await readCredentials(world, await world.createMachine());
      const ask = (credentials: typeof right, at = resource) => askAs(world, credentials, at);
      const refusal = (status: number, code: string) => expect.objectContaining({ status, code });
      expect(await ask(right)).toBeNull();
      expect(await ask({ ...right, appSecret: "nope" })).toEqual(
        refusal(401, "oidc.invalid_client"),
      );
      expect(await ask({ ...right, appId: "nonexistent01" })).toEqual(
        refusal(400, "oidc.invalid_client"),
      );
      expect(await ask(right, "https://elsewhere.example.com/api")).toEqual(
        refusal(400, "oidc.invalid_target"),
      );
      expect(await ask(web)).toEqual(refusal(400, "oidc.invalid_request"));
      expect(await ask(powerless)).toEqual(refusal(403, "auth.forbidden"));
    },
  },
];

const request = createOpenIdRequester(10_000, () => undefined);

const buttons = z.object({ socialConnectors: z.array(z.object({ target: z.string() })) });

const keySet = z.object({
  keys: z
    .array(
      z.object({ kid: z.string().min(1), alg: z.string().optional(), d: z.never().optional() }),
    )
    .min(1),
});

type Credentials = { appId: string; appSecret: string };

function askAs({ endpoint }: World, credentials: Credentials, resource: string) {
  const api = createManagementApi({ endpoint, credentials, resource });
  return refusalOf(api.send((client) => client.GET("/api/organizations")));
}

async function readCredentials({ api }: World, id: string): Promise<Credentials> {
  const [secret] = await api.read(z.array(z.object({ value: z.string() })), (client) =>
    client.GET("/api/applications/{id}/secrets", { params: { path: { id } } }),
  );
  return { appId: id, appSecret: secret?.value ?? "" };
}
