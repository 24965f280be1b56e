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
import { huggingFaceError } from "./errors.ts";
import type { HuggingFaceOAuth } from "./oauth.ts";
import { isFresh, noteAccount, noteSilence } from "./word.ts";

/** The state that the browser carries to Hugging Face and back, sealed. */
const roundTrip = z.object({
  userId: z.string(),
  /** The session that waits for the answer, which nobody has yet; null where somebody is signed in already. */
  sessionId: z.string().nullable(),
  returnTo: z.string(),
  asksAddress: z.boolean(),
  /** In which of the cookies this is. */
  slot: z.int(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
});

export type PendingConfirmation = z.infer<typeof roundTrip>;

type Waiting = Pick<PendingConfirmation, "userId" | "sessionId" | "returnTo">;

/** The result: Hugging Face answered, could not be asked, or the person did not let it answer. */
type Outcome = "confirmed" | "unavailable" | "unproven";

export type Confirmations = {
  /**
   * Sends a person to Hugging Face who is signing in, where what it says of them matters. The browser gets its session
   * when the answer is there, and not before: so nobody keeps a place by not letting us ask.
   */
  confirmSignIn: ConfirmSignIn;
  /** Sends a person there who is signed in. @throws hugging_face.unavailable, hugging_face.untrusted_answer */
  begin(ctx: RouteContext, wish: { userId: string; returnTo: string }): Promise<Reply>;
  /** What the callback with this `state` is the answer to; null where that is nothing of ours. */
  find(ctx: RouteContext, state: string | null): Promise<PendingConfirmation | null>;
  /**
   * Notes the answer, and gives the browser the session that waited for it.
   *
   * @returns what came of it, or the way on: to being asked again, or to signing in where that session has ended meanwhile
   * @throws hugging_face.spent; for somebody who was signed in already also what else `complete` throws, hugging_face.other_account
   */
  finish(
    ctx: RouteContext,
    pending: PendingConfirmation,
    finishSignIn: FinishSignIn,
  ): Promise<Outcome | Reply>;
};

type SignedIn = { userId: string; sessionId: string };

type ConfirmationOptions = {
  database: TenantDatabase;
  oauth: HuggingFaceOAuth;
  sessionLimits: SessionLimits & { secrets: readonly string[] };
  origin: string;
};

export function createConfirmations(options: ConfirmationOptions): Confirmations {
  const { database, oauth, sessionLimits, origin } = options;
  const { secrets } = sessionLimits;
  /** One for each tab. Parallel ones know nothing of each other, so there are far more than tabs. */
  const cookies: readonly BrowserCookie[] = Array.from({ length: 64 }, (_, slot) =>
    defineCookie(`${cookieName}-${slot}`, { origin, maxAge: lifetimeSeconds }),
  );
  const purpose = "hugging-face confirmation";
  const sealer = createSealer(roundTrip, { secrets, lifetimeSeconds, purpose });

  async function leave(
    ctx: RouteContext,
    { userId, sessionId, returnTo }: Waiting,
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

  return {
    async confirmSignIn(ctx, { userId, sessionId, returnTo, isContinued, socialProvider }) {
      const isAsked = socialProvider === "huggingface";
      const matters = await database.forUser(userId, (tx) =>
        isWordNeeded(tx, { userId, isAsked, isContinued }),
      );
      if (!matters) return null;
      try {
        return await leave(ctx, { userId, sessionId, returnTo });
      } catch (error) {
        // It is away, or we are not as it knows us, and not by anything that this person did.
        if (!(error instanceof AppError)) throw error;
        ctx.state.logger.warn(
          { userId, code: error.code },
          "a sign-in goes on without Hugging Face",
        );
        return null;
      }
    },
    begin: (ctx, { userId, returnTo }) => leave(ctx, { userId, sessionId: null, returnTo }),
    async find(ctx, state) {
      for (const slot of listSlots(ctx)) {
        const sealed = cookies[slot]?.read(ctx);
        const pending = sealed === undefined ? null : await sealer.open(sealed);
        if (pending?.state === state) return pending;
      }
      return null;
    },
    async finish(ctx, pending, finishSignIn) {
      const { userId, sessionId, returnTo } = pending;
      // An application of before we asked for the address: the organizations matter more.
      const error = new URLSearchParams(ctx.querystring).get("error");
      if (error === "invalid_scope" && pending.asksAddress) {
        cookies[pending.slot]?.expire(ctx);
        return leave(ctx, pending, { asksAddress: false });
      }
      const outcome = await ask(ctx, pending).catch((failure: unknown) => {
        if (sessionId !== null) return judge(failure, returnTo);
        throw failure;
      });
      cookies[pending.slot]?.expire(ctx);
      if (sessionId === null) return outcome;
      if (outcome === "unproven") await noteSilence(database, userId);
      if (outcome === "unavailable") {
        ctx.state.logger.warn({ userId }, "a sign-in goes on without Hugging Face");
      }
      const signedIn = { sessionId, userId, returnTo };
      if (!(await isAlive(signedIn))) return seeOther(signInPath(returnTo));
      await finishSignIn(ctx, signedIn);
      return outcome;
    },
  };

  /** A session that was ended or suspended while its person was at Hugging Face must not be handed out. */
  async function isAlive({ userId, sessionId }: SignedIn): Promise<boolean> {
    const owner = await database.forUser(userId, (tx) =>
      findSessionUser(tx, sessionId, sessionLimits),
    );
    return owner === userId;
  }

  async function ask(ctx: RouteContext, pending: PendingConfirmation): Promise<Outcome> {
    // A made-up code that Hugging Face fails at must not look like an outage.
    const code = new URLSearchParams(ctx.querystring).get("code");
    if (code !== null && !/^[\w.~+/=-]{1,256}$/.test(code)) {
      throw huggingFaceError("hugging_face.untrusted_answer");
    }
    const account = await oauth.complete(ctx.querystring, pending);
    if (await noteAccount(database, pending.userId, account)) return "confirmed";
    throw huggingFaceError("hugging_face.other_account");
  }
}

const cookieName = "hugging-face-word";

/** So many tabs may wait beside a new one; the oldest makes room, since a server takes so many bytes of cookies only. */
const mostOthers = 3;

/** Those of the tabs that wait, the oldest first (RFC 6265, section 5.4). */
function listSlots(ctx: RouteContext): number[] {
  const names = new RegExp(`${cookieName}-(\\d{1,2})(?:-\\d+)?=`, "g");
  return [...ctx.get("Cookie").matchAll(names)].map(([, slot]) => Number(slot));
}

const beyondThem = new Set(["hugging_face.unavailable", "hugging_face.client_refused"]);

/**
 * What a failure says of somebody who is signing in. Only that Hugging Face is away, or does not know us any more, is
 * beyond them: everything else a browser can bring about, so that it must not be worth it.
 */
function judge(error: unknown, returnTo: string): Outcome {
  if (!(error instanceof AppError)) throw error;
  if (beyondThem.has(error.code)) return "unavailable";
  // The same answer twice, as by a double click: the first of them was good.
  if (error.code === "hugging_face.spent") throw startAgain(error, returnTo);
  return "unproven";
}

function startAgain({ code, status, title, options }: AppError, returnTo: string): AppError {
  const detail = "Hugging Face’s answer has been used already, so nobody was signed in by it.";
  const action = { label: "Sign in again", href: signInPath(returnTo) };
  return new AppError(code, { status, title, detail }, { ...options, action });
}

const signInPath = (returnTo: string) => withQuery("/sign-in", { returnTo });

type Asker = { userId: string; isAsked: boolean; isContinued: boolean };

/** Whether it matters what Hugging Face says of somebody now; in their own scope. */
async function isWordNeeded(tx: Transaction, asker: Asker): Promise<boolean> {
  const { userId, isAsked, isContinued } = asker;
  const identity = (await readPerson(tx, userId))?.huggingFace;
  if (!identity) return false;
  // It may have verified the address since.
  if (await findDisputedAccount(tx, userId)) return true;
  if (isContinued && isFresh(identity.confirmedAt)) return false;
  if (isAsked || identity.confirmedAt === null) return true;
  return (await tx.huggingFaceMembership.count({ where: { userId } })) > 0;
}
