import type Router from "@koa/router";
import type Koa from "koa";
import type Provider from "oidc-provider";
import type { Database } from "../database.ts";
import { readForm } from "../request-body.ts";
import { findSsoConnector, findSsoConnectorOfEmail, type SsoConnector } from "../sso/connectors.ts";
import {
  authorizationUriOf,
  EnterpriseUnavailableError,
  fetchEnterpriseProfile,
  type Ticket,
} from "../sso/enterprise.ts";
import { findOrCreateSsoUser } from "../sso/newcomers.ts";
import { applicationOf, redirect, signInPath, textOf } from "./addresses.ts";
import type { Arrival } from "./arrivals.ts";
import type { createInteractions, Interaction } from "./interactions.ts";
import type { Tabs } from "./tabs.ts";

/** Sign-in at an enterprise's own identity provider: by `direct_sign_in=sso:<id>`, or by the domain of an address. */
export function addSsoRoutes(
  router: Router,
  parts: {
    provider: Provider;
    sql: Database;
    tabs: Tabs;
    publicOrigin: string;
    interactions: ReturnType<typeof createInteractions>;
    expired: (ctx: Koa.Context) => void;
    finish: (ctx: Koa.Context, interaction: Interaction, arrival: Arrival) => Promise<void>;
  },
) {
  const { provider, sql, tabs, publicOrigin, interactions, expired, finish } = parts;

  const ticketOf = (connector: SsoConnector, uid: string): Ticket => ({
    state: tabs.socialState(uid),
    nonce: tabs.nonce(uid),
    redirectUri: `${publicOrigin}/callback/${connector.id}`,
  });

  async function goTo(
    ctx: Koa.Context,
    connector: SsoConnector,
    interaction: Interaction,
    loginHint = textOf(interaction.params["login_hint"]),
  ): Promise<void> {
    const { uid } = interaction;
    try {
      redirect(ctx, await authorizationUriOf(connector, ticketOf(connector, uid), loginHint));
    } catch (error) {
      if (!(error instanceof EnterpriseUnavailableError)) throw error;
      redirect(ctx, signInPath(applicationOf(interaction), "sso-unavailable", uid));
    }
  }

  router.get("/direct/sso/:connectorId", async (ctx) => {
    const interaction = await interactions.findLatest(ctx);
    if (!interaction || interaction.prompt.name !== "login") return expired(ctx);
    tabs.claim(ctx, interaction.uid);
    const connector = await findSsoConnector(sql, ctx.params["connectorId"] ?? "");
    if (connector) return goTo(ctx, connector, interaction);
    return redirect(ctx, signInPath(applicationOf(interaction), "no-sso", interaction.uid));
  });

  router.post("/single-sign-on", async (ctx) => {
    const { form_token: token, identifier = "" } = await readForm(ctx);
    const interaction = await interactions.find(ctx);
    if (!interaction || !tabs.isFormToken(interaction.uid, token)) return expired(ctx);
    if (await goByEmail(ctx, interaction, identifier.trim())) return undefined;
    return redirect(ctx, signInPath(applicationOf(interaction), "no-sso", interaction.uid));
  });

  router.get("/callback/:connectorId", async (ctx, next) => {
    const connector = await findSsoConnector(sql, ctx.params["connectorId"] ?? "");
    if (!connector) return next();
    const uid = tabs.readSocialState(textOf(ctx.query["state"]));
    const interaction =
      uid !== undefined && tabs.owns(ctx, uid) ? await provider.Interaction.find(uid) : undefined;
    if (!interaction) return expired(ctx);
    const back = (notice: string) =>
      redirect(ctx, signInPath(applicationOf(interaction), notice, interaction.uid));
    if (ctx.query["code"] === undefined) return back("sso-denied");
    try {
      const callback = new URL(ctx.url, publicOrigin);
      const ticket = ticketOf(connector, interaction.uid);
      const profile = await fetchEnterpriseProfile(connector, callback, ticket);
      const arrival = await findOrCreateSsoUser(sql, connector, profile);
      return arrival.user.isSuspended ? back("suspended") : await finish(ctx, interaction, arrival);
    } catch (error) {
      if (error instanceof EnterpriseUnavailableError) return back("sso-unavailable");
      throw error;
    }
  });

  /** Sends on whose address has the domain of an enterprise: Logto takes no password of them. */
  async function goByEmail(
    ctx: Koa.Context,
    interaction: Interaction,
    email: string,
  ): Promise<boolean> {
    const connector = await findSsoConnectorOfEmail(sql, email);
    if (connector) await goTo(ctx, connector, interaction, email);
    return connector !== undefined;
  }

  return { goByEmail };
}
