import { afterAll, beforeAll } from "vitest";

import { type Agent, type ApplicationOptions, useApplication } from "./application.ts";
import { type FaultyIssuer, startFaultyIssuer } from "./faulty-issuer.ts";
import { readEverything } from "./snapshot.ts";

export type SignInWorld = ReturnType<typeof useSignIn>;

/** The application, with an identity provider that misbehaves on request. */
export function useSignIn(options: ApplicationOptions = {}) {
  let issuer: FaultyIssuer;
  beforeAll(async () => {
    issuer = await startFaultyIssuer();
  });
  afterAll(() => issuer.close());
  const application = useApplication({
    identityProvider: () => Promise.resolve(issuer),
    ...options,
  });

  /** Starts a sign-in, and completes it at the identity provider. @returns the callback's path and query */
  async function reachCallback(agent: Agent, query: Record<string, string> = {}): Promise<string> {
    const start = await agent.get("/sign-in").query(query);
    if (start.status !== 303) throw new Error(`/sign-in answered ${start.status}`);
    const parameters = await issuer.authorize(start.headers["location"] ?? "");
    return `/callback?${parameters.toString()}`;
  }

  return {
    application,
    get issuer() {
      return issuer;
    },
    reachCallback,
    /** Runs a whole sign-in. @returns the address to which it leads */
    async signIn(agent: Agent, query?: Record<string, string>): Promise<string> {
      const answer = await agent.get(await reachCallback(agent, query));
      if (answer.status !== 303) throw new Error(`/callback answered ${answer.status}`);
      return answer.headers["location"] ?? "";
    },
    isSignedIn: async (agent: Agent) => (await agent.get("/account")).status === 200,
    /** Everything that a refused sign-in must leave as it was. */
    async readState() {
      const { users, identities, sessions } = await readEverything(application);
      return { users, identities, sessions };
    },
  };
}
