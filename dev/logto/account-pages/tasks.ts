import type { Router } from "@koa/router";
import type Koa from "koa";
import { readForm } from "../../system/request-body.ts";
import { readAccountCenter } from "../experience/account-center.ts";
import { redirect, textOf } from "../pages/addresses.ts";
import { CodeNotSentError, findCodeFault, sendCode } from "../pages/verification-codes.ts";
import { verifyPassword } from "../people/passwords.ts";
import type { User } from "../people/users.ts";
import type { Database } from "../store/database.ts";
import {
  type Frame,
  renderNoMethodPage,
  renderNotAllowedPage,
  renderNotFoundPage,
  renderProofPage,
} from "./pages.tsx";
import { signIn } from "./signing-in.ts";
import { isProved, isTokenOf, type Visit, type Visits } from "./visits.ts";

export type Fields = Record<string, string>;

/** One thing that a person changes about their account. */
export type Task = {
  path: string;
  /** The field of the account center that opens it. */
  field: string;
  /** Whether this person has to prove who they are first. */
  needsProof(user: User): boolean;
  /** Shows the page, or does at once what needs none. */
  open(ctx: Koa.Context, visit: Visit, frame: Frame): void | Promise<void>;
  /** @returns why it was refused; nothing when the browser has been sent on */
  act?(ctx: Koa.Context, visit: Visit, fields: Fields): Promise<string | undefined>;
};

const hasMethod = ({ passwordDigest, primaryEmail }: User): boolean =>
  passwordDigest !== null || primaryEmail !== null;

/** For most changes. A person with neither password nor address cannot make them. */
export const always = (): boolean => true;
/** For a first password and for linking. */
export const ifPossible = hasMethod;

/** Where the browser goes when the task is done: any web address, as at Logto; other schemes are ignored. */
export function readReturn(ctx: Koa.Context): string | undefined {
  const given = textOf(ctx.query["redirect"]);
  return /^https?:$/.test(URL.parse(given)?.protocol ?? "") ? given : undefined;
}

async function show(ctx: Koa.Context, task: Task, visit: Visit, fault?: string): Promise<void> {
  const frame = { action: ctx.url, formToken: visit.token, fault };
  if (task.needsProof(visit.user) && !hasMethod(visit.user)) ctx.body = renderNoMethodPage();
  else if (task.needsProof(visit.user) && !isProved(visit))
    ctx.body = renderProofPage(frame, visit.user, visit.state.proof !== undefined);
  else await task.open(ctx, visit, frame);
}

/** Serves the tasks: whether the page is open, who asks, and the proof are the same for each. */
export function createTasks({ router, sql, visits, publicOrigin }: Parts) {
  /** @returns the visit; undefined if another page was the answer */
  async function enter(ctx: Koa.Context, field: string | null): Promise<Visit | undefined> {
    const { enabled, fields } = await readAccountCenter(sql);
    if (!enabled || (field === null && Object.keys(fields).length === 0)) {
      ctx.body = renderNotFoundPage();
      return undefined;
    }
    if (field !== null && fields[field] !== "Edit") {
      ctx.body = renderNotAllowedPage();
      return undefined;
    }
    const visit = await visits.find(ctx);
    if (!visit) signIn(ctx, publicOrigin);
    return visit;
  }

  async function submit(ctx: Koa.Context, task: Task, visit: Visit): Promise<void> {
    const fields: Fields = Object.fromEntries(await readForm(ctx));
    if (!isTokenOf(visit, fields["form_token"] ?? "")) {
      ctx.status = 403;
      return show(ctx, task, visit, "This form was not sent from this page. Please try again.");
    }
    const isAsked = task.needsProof(visit.user) && !isProved(visit);
    const fault = isAsked ? await prove(visit, fields) : await task.act?.(ctx, visit, fields);
    if (fault !== undefined) {
      ctx.status = 422;
      return show(ctx, task, visit, fault);
    }
    if (ctx.status === 404) redirect(ctx, ctx.url);
    return undefined;
  }

  async function prove({ user, state }: Visit, fields: Fields): Promise<string | undefined> {
    const { password, proofCode, sendProof } = fields;
    if (sendProof !== undefined && user.primaryEmail !== null) {
      const sent = await mailCode(sql, user.primaryEmail);
      if (typeof sent === "string") return sent;
      state.proof = sent;
      return undefined;
    }
    if (password !== undefined) {
      if (!(await verifyPassword(password, user.passwordDigest)))
        return "Incorrect password. Please check your input.";
    } else {
      const fault = state.proof && tryCode(state.proof, proofCode);
      if (!state.proof || fault) return fault ?? "Please select a method.";
    }
    delete state.proof;
    state.provedAt = Date.now();
    return undefined;
  }

  return {
    enter,
    add(task: Task): void {
      router.get(task.path, async (ctx) => {
        const visit = await enter(ctx, task.field);
        if (visit) await show(ctx, task, visit);
      });
      router.post(task.path, async (ctx) => {
        const visit = await enter(ctx, task.field);
        if (visit) await submit(ctx, task, visit);
      });
    },
  };
}

type Parts = { router: Router; sql: Database; visits: Visits; publicOrigin: string };
export type Tasks = ReturnType<typeof createTasks>;
type SentCode = Awaited<ReturnType<typeof sendCode>>;

/** Mails a code. @returns the code, or why there is none */
export async function mailCode(sql: Database, email: string): Promise<SentCode | string> {
  try {
    // The template for both, as the hosted pages ask for it.
    return await sendCode(sql, email, "UserPermissionValidation");
  } catch (error) {
    if (!(error instanceof CodeNotSentError)) throw error;
    return "Failed to send the verification code. Please try again later.";
  }
}

/** Counts the attempt. @returns what is wrong with the typed code */
export function tryCode(sent: SentCode, typed = ""): string | undefined {
  sent.attempts += 1;
  return findCodeFault(sent, typed.trim());
}
