import { afterAll, beforeAll } from "vitest";

import {
  type Agent,
  type ApplicationOptions,
  type RunningApplication,
  useApplication,
} from "./application.ts";
import { type FaultyIssuer, startFaultyIssuer } from "./faulty-issuer.ts";

export type SignInWorld = {
  application: RunningApplication;
  readonly issuer: FaultyIssuer;
  /** Starts a sign-in, and completes it at the identity provider. @returns the callback's path and query */
  reachCallback(agent: Agent, query?: Record<string, string>): Promise<string>;
  /** Runs a whole sign-in. @returns the address to which it leads */
  signIn(agent: Agent, query?: Record<string, string>): Promise<string>;
  isSignedIn(agent: Agent): Promise<boolean>;
  /** Everything that a refused sign-in must leave as it was. */
  readState(): Promise<object>;
};

/** The application, with an identity provider that misbehaves on request. */
export function useSignIn(options: ApplicationOptions = {}): SignInWorld {
  let issuer: FaultyIssuer;
  beforeAll(async () => {
    issuer = await startFaultyIssuer();
  });
  afterAll(() => issuer.close());
  const application = useApplication({
    identityProvider: () => Promise.resolve(issuer),
    ...options,
  });

  const world: SignInWorld = {
    application,
    get issuer() {
      return issuer;
    },
    async reachCallback(agent, query = {}) {
      const start = await agent.get("/sign-in").query(query);
      if (start.status !== 303) throw new Error(`/sign-in answered ${start.status}`);
      const parameters = await issuer.authorize(start.headers["location"] ?? "");
      return `/callback?${parameters.toString()}`;
    },
    async signIn(agent, query) {
      const answer = await agent.get(await world.reachCallback(agent, query));
      if (answer.status !== 303) throw new Error(`/callback answered ${answer.status}`);
      return answer.headers["location"] ?? "";
    },
    isSignedIn: async (agent) => (await agent.get("/account")).status === 200,
    async readState() {
      const [users, identities, sessions] = await Promise.all([
        application.query("select * from users order by id"),
        application.query("select * from identities order by user_id, provider"),
        application.query("select * from sessions order by id_hash"),
      ]);
      return { users, identities, sessions };
    },
  };
  return world;
}
