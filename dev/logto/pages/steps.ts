import type { Router } from "@koa/router";
import type Koa from "koa";
import type { DemoPerson } from "../people/demo-person.ts";
import type { Database } from "../store/database.ts";
import type { HuggingFaceConnector } from "../experience/hugging-face-connector.ts";
import { readForm } from "../../system/request-body.ts";
import { pathFor, redirect, textOf } from "./addresses.ts";
import type { BrowserCookie } from "./browser-cookie.ts";
import { findDemoPeople } from "./demo-people.tsx";
import type { Interaction, Interactions } from "./interactions.ts";
import { type Journey, journeyOf } from "./journey.ts";
import { renderLostPage } from "./message-pages.tsx";
import { readSignInExperience, type SignInExperience } from "../experience/sign-in-experience.ts";

/** The parts of every sign-in page. */
export type Frame = {
  settings: SignInExperience;
  /** Its own address, for its form. */
  action: string;
  /** Logto's own query, which every form and link keeps. */
  search: string;
  formToken: string;
  hasHuggingFace: boolean;
  demoPeople: readonly DemoPerson[];
  /** An identifier to be filled in. */
  hint: string;
};
export type Fields = Record<string, string>;
export type Refusal = { status: number; fault: string };
export type Typed = { identifier?: string | undefined; fault?: string | undefined };
export type Visit = { interaction: Interaction; journey: Journey; settings: SignInExperience };

/** A page with a form. */
export type Step = {
  path: string;
  render: (frame: Frame, journey: Journey, typed: Typed) => string;
  /** Tells whether the steps before it are done. Without it, a sign-in can begin here. */
  isReached?: (journey: Journey) => boolean;
  /** The page to show in its place, if any. */
  findSubstitute?: (settings: SignInExperience) => string | undefined;
  /** @returns why it was refused; or nothing when the browser has been sent on */
  act: (ctx: Koa.Context, visit: Visit, fields: Fields) => Promise<Refusal | undefined>;
};

export type Steps = ReturnType<typeof createSteps>;

const noSession = "Session not found. Please go back and sign in again.";

export function createSteps(parts: {
  router: Router;
  sql: Database;
  cookie: BrowserCookie;
  interactions: Interactions;
  findConnector: () => Promise<HuggingFaceConnector | undefined>;
  people: readonly DemoPerson[];
  publicOrigin: string;
}) {
  const { router, sql, cookie, interactions, findConnector, people, publicOrigin } = parts;

  async function readFrame(ctx: Koa.Context): Promise<Frame> {
    return {
      settings: await readSignInExperience(sql),
      action: ctx.url,
      search: ctx.search,
      formToken: cookie.formToken(ctx),
      hasHuggingFace: (await findConnector()) !== undefined,
      demoPeople: await findDemoPeople(sql, people),
      hint: textOf(ctx.query["login_hint"]) || textOf(ctx.query["identifier"]),
    };
  }

  /** Answers a browser that has no sign-in under way. */
  async function expire(ctx: Koa.Context): Promise<void> {
    const { unknownSessionRedirectUrl } = await readSignInExperience(sql);
    redirect(ctx, unknownSessionRedirectUrl || `${publicOrigin}/unknown-session`, 302);
  }

  async function find(ctx: Koa.Context): Promise<Interaction | undefined> {
    const interaction = await interactions.find(ctx);
    return interaction?.prompt.name === "login" ? interaction : undefined;
  }

  async function visit(interaction: Interaction): Promise<Visit> {
    const settings = await readSignInExperience(sql);
    return { interaction, journey: journeyOf(interaction), settings };
  }

  async function show(ctx: Koa.Context, step: Step): Promise<void> {
    const interaction = await interactions.find(ctx);
    const journey = journeyOf(interaction);
    const isEntrance = step.isReached === undefined;
    if (!interaction && isEntrance) return expire(ctx);
    if (interaction && interaction.prompt.name !== "login")
      return redirect(ctx, pathFor(interaction, "/consent"));
    if (!interaction || step.isReached?.(journey) === false) {
      ctx.body = renderLostPage(noSession);
      return undefined;
    }
    const frame = await readFrame(ctx);
    const substitute = step.findSubstitute?.(frame.settings);
    if (substitute !== undefined) return redirect(ctx, substitute, 302);
    ctx.body = step.render(frame, journey, { fault: journey.notice });
    // It is shown once.
    const { notice, ...rest } = journey;
    if (notice !== undefined) await interactions.keep(interaction, rest);
    return undefined;
  }

  async function accept(ctx: Koa.Context, step: Step): Promise<void> {
    const fields: Fields = Object.fromEntries(await readForm(ctx));
    const interaction = await find(ctx);
    const journey = journeyOf(interaction);
    const { identifier } = fields;
    const refuse = async ({ status, fault }: Refusal) => {
      ctx.status = status;
      ctx.body = step.render(await readFrame(ctx), journeyOf(interaction), { identifier, fault });
    };
    // Logto's page, too, stays as it is and says nothing more.
    if (!interaction || step.isReached?.(journey) === false)
      return refuse({ status: 400, fault: noSession });
    if (!cookie.isFormToken(ctx, fields["form_token"])) {
      const fault = "This form was not sent from this page. Please try again.";
      return refuse({ status: 403, fault });
    }
    const refusal = await step.act(ctx, await visit(interaction), fields);
    return refusal && refuse(refusal);
  }

  return {
    add(step: Step): void {
      router.get(step.path, (ctx) => show(ctx, step));
      router.post(step.path, (ctx) => accept(ctx, step));
    },
    expire,
    find,
    visit,
    /** Sends the browser back to the first page, which says why. */
    async sendBack(
      ctx: Koa.Context,
      interaction: Interaction,
      notice?: string,
    ): Promise<undefined> {
      await interactions.keep(interaction, notice === undefined ? {} : { notice });
      redirect(ctx, pathFor(interaction, "/sign-in"));
    },
  };
}
