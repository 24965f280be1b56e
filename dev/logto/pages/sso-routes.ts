import type { Router } from "@koa/router";
import type Koa from "koa";
import type { Database } from "../store/database.ts";
import {
  findSsoConnectorOfEmail,
  type SsoConnector,
  ssoConnectorTable,
} from "../sso/connectors.ts";
import {
  authorizationUriOf,
  EnterpriseUnavailableError,
  fetchEnterpriseProfile,
  type Ticket,
} from "../sso/enterprise.ts";
import { findOrCreateSsoUser } from "../sso/newcomers.ts";
import { redirect, textOf } from "./addresses.ts";
import type { createArrivals } from "./arrivals.ts";
import type { BrowserCookie } from "./browser-cookie.ts";
import { describeInvalid, isEmail } from "./identifiers.ts";
import type { Interaction, Interactions } from "./interactions.ts";
import type { SignInExperience } from "../experience/sign-in-experience.ts";
import { renderSingleSignOnPage } from "./step-pages.tsx";
import type { Steps, Visit } from "./steps.ts";

export type SsoRoutes = ReturnType<typeof addSsoRoutes>;

/** A person with an address of an enterprise can sign in only at the enterprise. */
export const ssoRefusal = {
  status: 422,
  fault: "Single sign on is enabled for this given email. Please sign in with SSO.",
};

/** Sign-in at an enterprise's own identity provider: by `direct_sign_in=sso:<id>`, or by the domain of an address. */
export function addSsoRoutes(
  router: Router,
  parts: {
    sql: Database;
    cookie: BrowserCookie;
    publicOrigin: string;
    interactions: Interactions;
    steps: Steps;
    arrive: ReturnType<typeof createArrivals>;
  },
) {
  const { sql, cookie, publicOrigin, interactions, steps, arrive } = parts;

  const ticketOf = (connector: SsoConnector, uid: string): Ticket => ({
    state: cookie.state(uid),
    nonce: cookie.nonce(uid),
    redirectUri: `${publicOrigin}/callback/${connector.id}`,
  });

  async function leave(
    ctx: Koa.Context,
    connector: SsoConnector,
    interaction: Interaction,
    loginHint: string,
  ): Promise<void> {
    const ticket = ticketOf(connector, interaction.uid);
    try {
      redirect(ctx, await authorizationUriOf(connector, ticket, loginHint));
    } catch (error) {
      if (!(error instanceof EnterpriseUnavailableError)) throw error;
      await steps.sendBack(ctx, interaction, unavailable);
    }
  }

  /** Finds none while single sign-on is switched off. */
  async function findConnectorFor(
    { singleSignOnEnabled }: SignInExperience,
    email: string,
  ): Promise<SsoConnector | undefined> {
    return singleSignOnEnabled ? findSsoConnectorOfEmail(sql, email) : undefined;
  }

  async function goByEmail(ctx: Koa.Context, visit: Visit, email: string): Promise<boolean> {
    const connector = await findConnectorFor(visit.settings, email);
    if (connector) await leave(ctx, connector, visit.interaction, email);
    return connector !== undefined;
  }

  router.get("/direct/sso/:connectorId", async (ctx) => {
    const interaction = await steps.find(ctx);
    if (!interaction) return steps.expire(ctx);
    const { settings } = await steps.visit(interaction);
    const connector = await ssoConnectorTable.find(sql, ctx.params["connectorId"] ?? "");
    if (!connector || !settings.singleSignOnEnabled) return redirect(ctx, "/sign-in", 302);
    return leave(ctx, connector, interaction, textOf(interaction.params["login_hint"]));
  });

  for (const path of ["/single-sign-on", "/single-sign-on/email"])
    steps.add({
      path,
      render: renderSingleSignOnPage,
      findSubstitute: (settings) => (settings.singleSignOnEnabled ? undefined : "/sign-in"),
      async act(ctx, visit, { identifier = "" }) {
        const email = identifier.trim();
        if (!isEmail(email)) return { status: 422, fault: describeInvalid(["email"]) };
        if (await goByEmail(ctx, visit, email)) return undefined;
        const fault = "Single Sign-On is not enabled for this email account.";
        return { status: 422, fault };
      },
    });

  router.get("/callback/:connectorId", async (ctx, next) => {
    const connector = await ssoConnectorTable.find(sql, ctx.params["connectorId"] ?? "");
    if (!connector) return next();
    const interaction = await interactions.findByState(ctx, textOf(ctx.query["state"]));
    if (!interaction) return steps.expire(ctx);
    if (ctx.query["code"] === undefined) return steps.sendBack(ctx, interaction, denied);
    try {
      const callback = new URL(ctx.url, publicOrigin);
      const ticket = ticketOf(connector, interaction.uid);
      const profile = await fetchEnterpriseProfile(connector, callback, ticket);
      const arrival = await findOrCreateSsoUser(sql, connector, profile);
      // Logto asks these people for nothing, also where sign-up asks others.
      return arrival.user.isSuspended
        ? await steps.sendBack(ctx, interaction, "This account is suspended.")
        : redirect(ctx, await arrive(ctx, interaction, arrival));
    } catch (error) {
      if (!(error instanceof EnterpriseUnavailableError)) throw error;
      return steps.sendBack(ctx, interaction, unavailable);
    }
  });

  return { goByEmail, findConnectorFor };
}

const denied = "The sign-in at your company was not completed. You can try again.";
const unavailable =
  "Your company's sign-in did not answer as expected. Try again in a moment, or sign in another way.";
