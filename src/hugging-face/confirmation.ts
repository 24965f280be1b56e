import { randomInt } from "node:crypto";

import { z } from "zod";

import { findDisputedAccount } from "../identity/email-proofs.ts";
import type { ConfirmSignIn, FinishSignIn } from "../tenancy/sign-in-steps.ts";
import { readPerson } from "../identity/person.ts";
import type { TenantDatabase, Transaction } from "../database/database.ts";
import { type BrowserCookie, defineCookie } from "../http/cookie.ts";
import { AppError } from "../http/errors.ts";
import { type Reply, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import { createSealer } from "./sealer.ts";
import { withQuery } from "../http/with-query.ts";
import { findSessionUser, type SessionLimits } from "../sessions/sessions.ts";
import { lifetimeSeconds } from "./authorization.ts";
import { huggingFaceError, withAction } from "./errors.ts";
import type { HuggingFaceOAuth } from "./oauth.ts";
import { isFresh, noteAccount, noteSilence } from "./account-answer.ts";

/** The state that the browser carries to Hugging Face and back, sealed. */
const roundTrip = z.object({
  userId: z.string(),
  /** The session that waits for the answer, which no browser has yet; null if the person is signed in already. */
  sessionId: z.string().nullable(),
  returnTo: z.string(),
  asksAddress: z.boolean(),
  /** The number of the cookie. */
  slot: z.int(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
});

export type PendingConfirmation = z.infer<typeof roundTrip>;

type Started = Pick<PendingConfirmation, "userId" | "sessionId" | "returnTo">;

/** The result: Hugging Face answered, could not be asked, or the person did not let it answer. */
type Outcome = "confirmed" | "unavailable" | "unproven";

export type Confirmations = ReturnType<typeof createConfirmations>;

type ConfirmationOptions = {
  database: TenantDatabase;
  oauth: HuggingFaceOAuth;
  sessionLimits: SessionLimits & { secrets: readonly string[] };
  origin: string;
};

export function createConfirmations(options: ConfirmationOptions) {
  const { database, oauth, sessionLimits, origin } = options;
  const { secrets } = sessionLimits;
  /** One for each tab. Parallel tabs choose at random, so there are far more cookies than tabs. */
  const cookies: readonly BrowserCookie[] = Array.from({ length: 64 }, (_, slot) =>
    defineCookie(`${cookieName}-${slot}`, { origin, maxAge: lifetimeSeconds }),
  );
  const sealer = createSealer(roundTrip, { secrets, lifetimeSeconds, purpose });

  async function leave(
    ctx: RouteContext,
    { userId, sessionId, returnTo }: Started,
    { asksAddress = true } = {},
  ): Promise<Reply> {
    const { url, secrets: kept } = await oauth.begin({ asksAddress });
    const taken = listSlots(ctx);
    for (const slot of taken.slice(0, -mostOthers)) cookies[slot]?.expire(ctx);
    const free = [...cookies.keys()].filter((slot) => !taken.includes(slot));
    const slot = free[randomInt(Math.max(free.length, 1))] ?? 0;
    const sealed = await sealer.seal({ userId, sessionId, returnTo, asksAddress, slot, ...kept });
    cookies[slot]?.write(ctx, sealed);
    return seeOther(url);
  }

  /**
   * Sends a person who is signing in to Hugging Face, if we need its answer about them. The browser gets its session
   * only after the answer, so that nobody keeps a place by not letting us ask.
   */
  const confirmSignIn: ConfirmSignIn = async (
    ctx,
    { userId, sessionId, returnTo, isContinued, socialProvider },
  ) => {
    const isAsked = socialProvider === "huggingface";
    const isNeeded = await database.forUser(userId, (tx) =>
      isAnswerNeeded(tx, { userId, isAsked, isContinued }),
    );
    if (!isNeeded) return null;
    try {
      return await leave(ctx, { userId, sessionId, returnTo });
    } catch (error) {
      // Hugging Face is away, or refuses our client id; the person cannot cause either.
      if (!(error instanceof AppError)) throw error;
      ctx.state.logger.warn({ userId, code: error.code }, "a sign-in goes on without Hugging Face");
      return null;
    }
  };

  /**
   * Sends a person who is signed in to Hugging Face, and then to their list of organizations.
   *
   * @throws hugging_face.unavailable, hugging_face.untrusted_answer
   */
  function begin(ctx: RouteContext, { id: userId }: { id: string }): Promise<Reply> {
    return leave(ctx, { userId, sessionId: null, returnTo: "/organizations" });
  }

  /** Finds the confirmation that the callback with this `state` answers; null if there is none. */
  async function find(
    ctx: RouteContext,
    state: string | null,
  ): Promise<PendingConfirmation | null> {
    for (const slot of listSlots(ctx)) {
      const sealed = cookies[slot]?.read(ctx);
      const pending = sealed === undefined ? null : await sealer.open(sealed);
      if (pending?.state === state) return pending;
    }
    return null;
  }

  /**
   * Stores the answer, and gives the browser the session that waited for it.
   *
   * @returns the outcome, or a redirect: to Hugging Face again, or to the sign-in if the session has ended since
   * @throws hugging_face.spent; for a person who was signed in already also the other errors of `complete`, and
   *   hugging_face.other_account
   */
  async function finish(
    ctx: RouteContext,
    pending: PendingConfirmation,
    finishSignIn: FinishSignIn,
  ): Promise<Outcome | Reply> {
    const { userId, sessionId, returnTo } = pending;
    // The OAuth application was registered without the scope `email`. We need the organizations more.
    const error = new URLSearchParams(ctx.querystring).get("error");
    if (error === "invalid_scope" && pending.asksAddress) {
      cookies[pending.slot]?.expire(ctx);
      return leave(ctx, pending, { asksAddress: false });
    }
    const outcome = await ask(options, ctx, pending).catch((failure: unknown) => {
      if (sessionId !== null) return judge(failure, returnTo);
      throw failure;
    });
    cookies[pending.slot]?.expire(ctx);
    if (sessionId === null) return outcome;
    if (outcome === "unproven") await noteSilence(database, userId);
    if (outcome === "unavailable") {
      ctx.state.logger.warn({ userId }, "a sign-in goes on without Hugging Face");
    }
    // A session that ended while the person was at Hugging Face must not reach the browser.
    const owner = await database.forUser(userId, (tx) =>
      findSessionUser(tx, sessionId, sessionLimits),
    );
    if (owner !== userId) return seeOther(signInPath(returnTo));
    await finishSignIn(ctx, { sessionId, userId, returnTo });
    return outcome;
  }

  return { confirmSignIn, begin, find, finish };
}

async function ask(
  { database, oauth }: Pick<ConfirmationOptions, "database" | "oauth">,
  ctx: RouteContext,
  pending: PendingConfirmation,
): Promise<Outcome> {
  // An invented code at which Hugging Face fails must not look like an outage.
  const code = new URLSearchParams(ctx.querystring).get("code");
  if (code !== null && !/^[\w.~+/=-]{1,256}$/.test(code)) {
    throw huggingFaceError("hugging_face.untrusted_answer");
  }
  const account = await oauth.complete(ctx.querystring, pending);
  if (await noteAccount(database, pending.userId, account)) return "confirmed";
  throw huggingFaceError("hugging_face.other_account");
}

const cookieName = "hugging-face-word";
const purpose = "hugging-face confirmation";

/** How many other tabs may wait. The oldest one gives way, as a server limits the size of all cookies. */
const mostOthers = 3;

/** Lists the cookies of the waiting tabs, the oldest first (RFC 6265, section 5.4). */
function listSlots(ctx: RouteContext): number[] {
  const names = new RegExp(`${cookieName}-(\\d{1,2})(?:-\\d+)?=`, "g");
  return [...ctx.get("Cookie").matchAll(names)].map(([, slot]) => Number(slot));
}

const outages = new Set(["hugging_face.unavailable", "hugging_face.client_refused"]);

/**
 * Tells what a failure means for a person who is signing in. A browser can cause every failure but an outage of Hugging
 * Face and a refusal of our client, so every other failure proves nothing about the person.
 */
function judge(error: unknown, returnTo: string): Outcome {
  if (!(error instanceof AppError)) throw error;
  if (outages.has(error.code)) return "unavailable";
  // A double click sends the same answer twice; the first one was good.
  if (error.code === "hugging_face.spent") {
    const action = { label: "Sign in again", href: signInPath(returnTo) };
    const detail = "Hugging Face’s answer has been used already, so nobody was signed in by it.";
    throw withAction(error, action, detail);
  }
  return "unproven";
}

const signInPath = (returnTo: string) => withQuery("/sign-in", { returnTo });

/** Whether we need an answer of Hugging Face about a person now; call it in the scope of the person. */
async function isAnswerNeeded(
  tx: Transaction,
  { userId, isAsked, isContinued }: { userId: string; isAsked: boolean; isContinued: boolean },
): Promise<boolean> {
  const identity = (await readPerson(tx, userId))?.huggingFace;
  if (!identity) return false;
  // Hugging Face may have verified the address since.
  if (await findDisputedAccount(tx, userId)) return true;
  if (isContinued && isFresh(identity.confirmedAt)) return false;
  if (isAsked || identity.confirmedAt === null) return true;
  return (await tx.huggingFaceMembership.count({ where: { userId } })) > 0;
}
