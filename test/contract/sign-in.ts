import { randomBytes } from "node:crypto";
import { expect } from "vitest";

import type { SignInRequest } from "../../src/relying-party/relying-party.ts";
import { noMembership, setMemberAtLogto } from "../../src/logto/client/members.ts";
import { Browser } from "../support/browser.ts";
import { signInAt } from "../support/hosted-pages.ts";
import type { Check } from "./check.ts";
import type { Account, World } from "./world.ts";

/**
 * A sign-in and the time after it: src/auth/. A real Logto has a page of JavaScript there, so these are for the
 * stand-in, which is held to recordings of a real one.
 */
export const signIns: Check[] = [
  {
    title: "a sign-in names the person, their organizations and roles",
    follows: ["token: nonce is echoed in id_token", "userinfo: userinfo: full scope set"],
    needs: ["sign-in form"],
    async run(world) {
      const account = await world.createUser();
      const logtoId = await world.createOrganization();
      const member = { subject: account.id, isMachine: false };
      await setMemberAtLogto(world.api, logtoId, member, "admin", noMembership);
      const { person } = await signIn(world, account);
      expect(person).toMatchObject({
        issuer: world.openId.issuer,
        subject: account.id,
        name: "Con Tract",
        username: account.username,
        email: `${account.username}@example.com`,
        emailVerified: true,
        organizations: [logtoId],
        organizationRoles: [{ organizationId: logtoId, role: "admin" }],
      });
    },
  },
  {
    title: "a sign-in with max_age says when the person authenticated",
    follows: ["token: max_age given: auth_time in id_token?"],
    needs: ["sign-in form"],
    async run(world) {
      const { person } = await signIn(world, await world.createUser(), { maxAge: 60 });
      expect(person.authenticationAge).toBeLessThan(60);
    },
  },
  {
    title: "a sign-out ends the session at Logto, sends us its id, and returns to us",
    follows: [
      "end-session: no session, client_id + registered post_logout_redirect_uri",
      "backchannel-logout: RP-initiated logout",
    ],
    needs: ["sign-in form", "events"],
    async run(world) {
      const { openId, listener, baseUrl } = world;
      const { person, browser } = await signIn(world, await world.createUser());
      const isLogout = ({ path }: { path: string }) => path === "/back-channel-logout";
      const before = listener?.received.filter(isLogout).length ?? 0;
      const confirmation = await browser.open((await openId.endSessionUrl()) ?? "");
      expect(confirmation.status).toBe(200);
      expect((await browser.submit(confirmation)).url).toBe(`${baseUrl}/`);
      expect(await isSignedIn(world, browser)).toBe(false);

      const arrived = () => listener?.received.filter(isLogout).slice(before) ?? [];
      await listener?.waitUntil(() => arrived().length > 0, "a logout token");
      const form = new URLSearchParams(arrived()[0]?.body.toString());
      const request = await openId.verifyLogoutToken(form.get("logout_token") ?? "");
      expect(request).toMatchObject({ subject: person.subject, sid: person.sid });
      expect(person.sid).toEqual(expect.any(String));
    },
  },
  {
    title: "a suspended user has no session at Logto",
    follows: ["effects-on-issued-tokens: user suspended"],
    needs: ["sign-in form"],
    async run(world) {
      const account = await world.createUser();
      const { browser } = await signIn(world, account);
      expect(await isSignedIn(world, browser)).toBe(true);
      await world.api.send((client) =>
        client.PATCH("/api/users/{userId}/is-suspended", {
          params: { path: { userId: account.id } },
          body: { isSuspended: true },
        }),
      );
      expect(await isSignedIn(world, browser)).toBe(false);
    },
  },
];

async function signIn(world: World, account: Account, wish: Partial<SignInRequest> = {}) {
  const browser = new Browser({ stopAt: (url) => url.startsWith(`${world.baseUrl}/`) });
  const { authorizationUrl, codeVerifier, ...secrets } = await start(world, wish);
  const page = await browser.open(authorizationUrl);
  const { username: identifier, password } = account;
  const callback = await signInAt(browser, page, { identifier, password });
  const { searchParams } = new URL(callback.url);
  const completion = { searchParams, codeVerifier, ...secrets };
  return { browser, person: await world.openId.completeSignIn(completion) };
}

/** Tells whether the browser returns without a question. */
async function isSignedIn(world: World, browser: Browser): Promise<boolean> {
  const { authorizationUrl } = await start(world);
  const { url } = await browser.open(authorizationUrl);
  return new URL(url).searchParams.has("code");
}

async function start({ openId }: World, wish: Partial<SignInRequest> = {}) {
  const secret = () => randomBytes(32).toString("base64url");
  const secrets = { state: secret(), nonce: secret() };
  return { ...secrets, ...(await openId.startSignIn({ ...secrets, ...wish })) };
}
