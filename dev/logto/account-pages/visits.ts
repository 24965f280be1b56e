import { createHmac, timingSafeEqual } from "node:crypto";
import type Koa from "koa";
import type Provider from "oidc-provider";
import type { SentCode } from "../pages/verification-codes.ts";
import { findUser, type User } from "../people/users.ts";
import type { Database } from "../store/database.ts";

/** A session of Logto on its account pages. */
export type Visit = {
  user: User;
  state: State;
  /** Proves that a form or an answer of Hugging Face belongs to this session. */
  token: string;
};

type State = {
  /** When the person proved who they are, by this computer's clock. */
  provedAt?: number;
  /** The code to their own address. */
  proof?: SentCode;
  /** The code to the address that they want. */
  wanted?: SentCode;
  /** The secret that an authenticator app is to be given. */
  secret?: string;
  /** The `state` of the linking at Hugging Face that is under way. */
  linking?: string;
  /** Where the browser goes when a task of several pages is done. */
  returnTo?: string | undefined;
};

/** A proof counts so long, and for every task. Milliseconds. */
const proofLasts = 10 * 60 * 1000;

export type Visits = ReturnType<typeof createVisits>;

/** Finds the person whose session at Logto a request carries. A restart of the stand-in forgets their proofs. */
export function createVisits({ provider, sql, key }: Parts) {
  const states = new Map<string, State>();

  return {
    async find(ctx: Koa.Context): Promise<Visit | undefined> {
      const session = await provider.Session.get(provider.createContext(ctx.req, ctx.res));
      const user = session.accountId ? await findUser(sql, session.accountId) : undefined;
      if (!user || user.isSuspended) return undefined;
      const state = states.get(session.uid) ?? {};
      states.set(session.uid, state);
      const token = createHmac("sha256", key).update(`account:${session.uid}`).digest("base64url");
      return { user, state, token };
    },
  };
}

type Parts = { provider: Provider; sql: Database; key: string };

export const isProved = ({ state }: Visit): boolean =>
  state.provedAt !== undefined && Date.now() - state.provedAt < proofLasts;

export function isTokenOf({ token }: Visit, given: string): boolean {
  const [left, right] = [Buffer.from(token), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}
