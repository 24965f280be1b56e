import type { Router } from "@koa/router";
import type Koa from "koa";
import {
  describeIdentity,
  describeNewcomer,
  type HuggingFaceConnector,
  HuggingFaceUnavailableError,
  type Profile,
} from "../experience/hugging-face-connector.ts";
import {
  findUserByHuggingFaceId,
  findUserByIdentifier,
  updateUser,
  type User,
} from "../people/users.ts";
import { readForm } from "../../system/request-body.ts";
import { pathFor, redirect, textOf } from "./addresses.ts";
import type { BrowserCookie } from "./browser-cookie.ts";
import type { Interaction } from "./interactions.ts";
import type { Journey } from "./journey.ts";
import type { EntryParts } from "./sign-in-routes.ts";
import { ssoRefusal } from "./sso-routes.ts";
import { renderLinkPage } from "./step-pages.tsx";
import type { Refusal, Visit } from "./steps.ts";

type Social = NonNullable<Journey["social"]>;

/** Sign-in with Hugging Face. */
export function addSocialRoutes(
  router: Router,
  parts: Omit<EntryParts, "codes"> & {
    cookie: BrowserCookie;
    findConnector: () => Promise<HuggingFaceConnector | undefined>;
  },
): void {
  const { sql, cookie, interactions, steps, progress, sso, findConnector } = parts;

  async function leave(ctx: Koa.Context, interaction: Interaction): Promise<void> {
    const connector = await findConnector();
    if (connector) redirect(ctx, connector.authorizationUri(cookie.state(interaction.uid)));
    else redirect(ctx, "/sign-in", 302);
  }

  router.get("/direct/social/:target", async (ctx) => {
    const interaction = await steps.find(ctx);
    if (!interaction) return steps.expire(ctx);
    if (ctx.params["target"] !== "huggingface") return redirect(ctx, "/sign-in", 302);
    return leave(ctx, interaction);
  });
  router.post("/social/huggingface", async (ctx) => {
    const token = (await readForm(ctx)).get("form_token");
    const interaction = await steps.find(ctx);
    if (!interaction || !cookie.isFormToken(ctx, token)) return steps.expire(ctx);
    return leave(ctx, interaction);
  });

  // The hosted pages show what goes wrong at Hugging Face. Logto tells the application nothing of it.
  router.get("/callback/:connectorId", async (ctx) => {
    const { code, state } = ctx.query;
    const connector = await findConnector();
    if (!connector || connector.id !== ctx.params["connectorId"]) return steps.expire(ctx);
    const interaction = await interactions.findByState(ctx, textOf(state));
    if (!interaction) {
      // Another sign-in has replaced it, or it belongs to another browser.
      const other = await steps.find(ctx);
      return other ? steps.sendBack(ctx, other, notVerified) : steps.expire(ctx);
    }
    if (typeof code !== "string") return steps.sendBack(ctx, interaction, denied);
    try {
      const profile = await connector.fetchProfile(code);
      const visit = await steps.visit(interaction);
      return await identify(ctx, visit, { connectorId: connector.id, profile });
    } catch (error) {
      if (!(error instanceof HuggingFaceUnavailableError)) throw error;
      return steps.sendBack(ctx, interaction, unavailable);
    }
  });

  async function identify(ctx: Koa.Context, visit: Visit, social: Social): Promise<void> {
    const { interaction, settings } = visit;
    const email = textOf(social.profile["email"]);
    if (await sso.findConnectorFor(settings, email))
      return steps.sendBack(ctx, interaction, ssoRefusal.fault);
    // In this order: of two first sign-ins at once, the other one may just have made them.
    const related = email === "" ? undefined : await findUserByIdentifier(sql, email);
    const known = await findUserByHuggingFaceId(sql, social.profile.sub);
    if (known) {
      const isChanged = await syncProfile(known, social.profile);
      const journey = { event: "SignIn" as const, social, userId: known.id, isChanged };
      return progress.proceedOrSendBack(ctx, visit, journey);
    }
    const journey = { event: "Register" as const, social };
    if (!related) return progress.proceedOrSendBack(ctx, visit, journey);
    if (settings.socialSignIn.automaticAccountLinking) {
      const refusal = await link(ctx, visit, related, social);
      return refusal && steps.sendBack(ctx, interaction, refusal.fault);
    }
    await interactions.keep(interaction, journey);
    return redirect(ctx, pathFor(interaction, `/social/link/${social.connectorId}`));
  }

  /** Only name and picture of a known user follow Hugging Face, and only if the connector says so. */
  async function syncProfile(user: User, profile: Profile): Promise<boolean> {
    if (!(await findConnector())?.syncProfile) return false;
    const { name = user.name, avatar = user.avatar } = describeNewcomer(profile);
    await updateUser(sql, user.id, { name, avatar });
    return true;
  }

  /** Logto asks for no password and no code, and does not require a verified address. */
  async function link(
    ctx: Koa.Context,
    visit: Visit,
    user: User,
    social: Social,
  ): Promise<Refusal | undefined> {
    if (!user.isSuspended) {
      const huggingface = describeIdentity(social.profile);
      await updateUser(sql, user.id, { identities: { ...user.identities, huggingface } });
      await syncProfile(user, social.profile);
    }
    const journey = { event: "SignIn" as const, social, userId: user.id, isChanged: true };
    return progress.proceed(ctx, visit, journey);
  }

  steps.add({
    path: "/social/link/:connectorId",
    render: renderLinkPage,
    isReached: ({ social, userId }) => social !== undefined && userId === undefined,
    async act(ctx, visit, { choice }) {
      const { social } = visit.journey;
      if (!social) return undefined;
      if (choice !== "link") return progress.proceed(ctx, visit, { event: "Register", social });
      const related = await findUserByIdentifier(sql, textOf(social.profile["email"]));
      return related
        ? link(ctx, visit, related, social)
        : progress.proceed(ctx, visit, { event: "Register", social });
    },
  });
}

const denied = "The user's authorization process is unsuccessful.";
const notVerified =
  "The verification was not successful. Restart the verification flow and try again.";
const unavailable =
  "Hugging Face did not answer as expected. Try again in a moment, or sign in another way.";
