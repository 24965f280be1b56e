import { Router } from "@koa/router";
import type Koa from "koa";
import type Provider from "oidc-provider";
import type { Database } from "../database.ts";
import {
  findOrCreateHuggingFaceUser,
  type HuggingFaceConnector,
  HuggingFaceUnavailableError,
} from "../hugging-face-connector.ts";
import { readForm } from "../request-body.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import { applicationOf, redirect, signInPath, textOf } from "./addresses.ts";
import { type Arrival, createArrivals } from "./arrivals.ts";
import { grantEverythingAsked } from "./consent.ts";
import { createInteractions, type Interaction } from "./interactions.ts";
import { checkPassword, type Outcome, registerAccount } from "./password-sign-in.ts";
import {
  renderExpiredPage,
  renderRegisterPage,
  renderSignInPage,
  renderSingleSignOnPage,
  type SignInForm,
} from "./sign-in-page.tsx";
import { addSsoRoutes } from "./sso-routes.ts";
import type { Tabs } from "./tabs.ts";

type Parts = {
  provider: Provider;
  sql: Database;
  applicationId: string;
  findConnector: () => Promise<HuggingFaceConnector | undefined>;
  tabs: Tabs;
  publicOrigin: string;
  delivery: WebhookDelivery;
};

/** Faults that come back to the sign-in page by redirect; a fixed list, so that nobody can write text into it. */
const notices: Record<string, string> = {
  "social-denied":
    "The sign-in at Hugging Face was not completed: access was denied there. You can try again.",
  "social-unavailable":
    "Hugging Face did not answer as expected. Try again in a moment, or sign in another way.",
  "social-mismatch":
    "That answer from Hugging Face does not belong to this sign-in. Please try again.",
  "no-social": "Signing in with Hugging Face is not set up here. Please sign in another way.",
  "no-sso": "There is no single sign-on for this address. Please sign in another way.",
  "sso-denied": "The sign-in at your company was not completed. You can try again.",
  "sso-unavailable":
    "Your company's sign-in did not answer as expected. Try again in a moment, or sign in another way.",
  suspended: "This account is suspended.",
  "no-reset":
    "The stand-in cannot reset passwords. Create another account, or ask the Management API for a new one.",
};

/** The pages a person sees: paths as at a Logto server, but plain forms instead of a JavaScript application. */
export function createPageRoutes(parts: Parts): Router {
  const { provider, sql, applicationId, findConnector, tabs, publicOrigin, delivery } = parts;
  const router = new Router({ sensitive: true, strict: true });
  const expired = (ctx: Koa.Context) => redirect(ctx, `${publicOrigin}/unknown-session`, 302);

  const interactions = createInteractions(provider, tabs);

  const arrive = createArrivals({ sql, delivery, interactions });

  async function finish(ctx: Koa.Context, interaction: Interaction, arrival: Arrival) {
    redirect(ctx, await arrive(ctx, interaction, arrival));
  }

  const sso = addSsoRoutes(router, {
    provider,
    sql,
    tabs,
    publicOrigin,
    interactions,
    expired,
    finish,
  });

  const describeForm = async (ctx: Koa.Context, interaction: Interaction): Promise<SignInForm> => ({
    hasHuggingFace: (await findConnector()) !== undefined,
    search: describeSearch(ctx.querystring, interaction),
    formToken: tabs.formToken(interaction.uid),
    identifier: textOf(interaction.params["login_hint"]),
    fault: notices[textOf(ctx.query["notice"])],
  });

  function showPage(render: (form: SignInForm) => string) {
    return async (ctx: Koa.Context) => {
      const interaction = await interactions.find(ctx);
      if (!interaction) return expired(ctx);
      if (interaction.prompt.name !== "login") {
        return redirect(ctx, consentPath(applicationOf(interaction)));
      }
      // From here on the address names the sign-in, so that this tab may be reloaded whatever other tabs begin.
      if (ctx.query["interaction"] === undefined) {
        tabs.claim(ctx, interaction.uid);
        const query = new URLSearchParams(ctx.querystring);
        query.set("interaction", interaction.uid);
        return redirect(ctx, `${ctx.path}?${query}`);
      }
      ctx.body = render(await describeForm(ctx, interaction));
    };
  }

  type Submitted = Record<"identifier" | "name" | "password", string>;

  function acceptForm(
    render: (form: SignInForm) => string,
    act: (form: Submitted) => Promise<Outcome>,
  ) {
    return async (ctx: Koa.Context) => {
      const fields = await readForm(ctx);
      const interaction = await interactions.find(ctx);
      if (!interaction || interaction.prompt.name !== "login") return expired(ctx);
      const { identifier = "", name = "", password = "" } = fields;
      const isOwnForm = tabs.isFormToken(interaction.uid, fields["form_token"]);
      if (isOwnForm && (await sso.goByEmail(ctx, interaction, identifier.trim()))) return;
      const outcome: Outcome = isOwnForm
        ? await act({ identifier: identifier.trim(), name: name.trim(), password })
        : { status: 403, fault: "This form was not sent from this page. Please try again." };
      if ("user" in outcome) return finish(ctx, interaction, outcome);
      ctx.status = outcome.status;
      ctx.body = render({
        ...(await describeForm(ctx, interaction)),
        identifier,
        name,
        fault: outcome.fault,
      });
    };
  }

  router.get("/", expired);
  router.get("/favicon.ico", (ctx) => {
    ctx.status = 204;
  });
  router.get("/unknown-session", (ctx) => {
    ctx.body = renderExpiredPage();
  });
  for (const path of ["/sign-in", "/identifier-sign-in"])
    router.get(path, showPage(renderSignInPage));
  router.get("/single-sign-on", showPage(renderSingleSignOnPage));
  for (const path of ["/register", "/identifier-register"])
    router.get(path, showPage(renderRegisterPage));
  router.get("/reset-password", (ctx) => redirect(ctx, signInPath(applicationId, "no-reset")));
  router.post(
    "/sign-in",
    acceptForm(renderSignInPage, (form) => checkPassword(sql, form)),
  );
  router.post(
    "/register",
    acceptForm(renderRegisterPage, (form) => registerAccount(sql, form)),
  );

  async function goToHuggingFace(ctx: Koa.Context, interaction: Interaction): Promise<void> {
    const connector = await findConnector();
    const { uid } = interaction;
    if (connector) return redirect(ctx, connector.authorizationUri(tabs.socialState(uid)));
    redirect(ctx, signInPath(applicationOf(interaction), "no-social", uid));
  }

  router.get("/direct/social/huggingface", async (ctx) => {
    const interaction = await interactions.findLatest(ctx);
    if (!interaction || interaction.prompt.name !== "login") return expired(ctx);
    tabs.claim(ctx, interaction.uid);
    await goToHuggingFace(ctx, interaction);
  });
  router.post("/social/huggingface", async (ctx) => {
    const { form_token: token } = await readForm(ctx);
    const interaction = await interactions.find(ctx);
    if (!interaction || !tabs.isFormToken(interaction.uid, token)) return expired(ctx);
    await goToHuggingFace(ctx, interaction);
  });

  // Whatever goes wrong at Hugging Face stays on the hosted pages: Logto tells the application nothing of it.
  router.get("/callback/:connectorId", async (ctx) => {
    const { code, state } = ctx.query;
    const connector = await findConnector();
    if (!connector || connector.id !== ctx.params["connectorId"]) return expired(ctx);
    const uid = tabs.readSocialState(textOf(state));
    if (uid === undefined || !tabs.owns(ctx, uid))
      return redirect(ctx, signInPath(applicationId, "social-mismatch"));
    const interaction = await provider.Interaction.find(uid);
    if (!interaction) return expired(ctx);
    const back = (notice: string) =>
      redirect(ctx, signInPath(applicationOf(interaction), notice, uid));
    if (typeof code !== "string") return back("social-denied");
    try {
      const arrival = await findOrCreateHuggingFaceUser(sql, await connector.fetchProfile(code));
      return arrival.user.isSuspended ? back("suspended") : await finish(ctx, interaction, arrival);
    } catch (error) {
      if (error instanceof HuggingFaceUnavailableError) return back("social-unavailable");
      throw error;
    }
  });

  router.get("/consent", async (ctx) => {
    const interaction = await interactions.findLatest(ctx);
    if (!interaction || interaction.prompt.name !== "consent") return expired(ctx);
    const consent = { grantId: await grantEverythingAsked(provider, interaction) };
    redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, { consent }), 302);
  });

  return router;
}

function consentPath(applicationId: string): string {
  return `/consent?${new URLSearchParams({ app_id: applicationId })}`;
}

/** Where a form goes: Logto's own query, this tab's sign-in, and no notice a second time. */
function describeSearch(querystring: string, { uid }: Interaction): string {
  const query = new URLSearchParams(querystring);
  query.delete("notice");
  query.set("interaction", uid);
  return `?${query}`;
}
