import type Koa from "koa";
import { errors } from "oidc-provider";
import type Provider from "oidc-provider";
import type { Tabs } from "./tabs.ts";

export type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** Finds the sign-in a request is about, and ends it. */
export function createInteractions(provider: Provider, tabs: Tabs) {
  async function findLatest(ctx: Koa.Context): Promise<Interaction | undefined> {
    try {
      return await provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }

  return {
    findLatest,
    /** The one the address names (`?interaction=`); without a name, the latest this browser began. */
    async find(ctx: Koa.Context): Promise<Interaction | undefined> {
      const { interaction: uid } = ctx.query;
      if (uid === undefined) return findLatest(ctx);
      const isOwn = typeof uid === "string" && tabs.owns(ctx, uid);
      return isOwn ? await provider.Interaction.find(uid) : undefined;
    },
    /** Notes who signed in; the browser goes on to the returned address. */
    async finish(ctx: Koa.Context, interaction: Interaction, accountId: string): Promise<string> {
      // The session this page was opened under may have ended or changed hands in another tab since. What counts is
      // who has proved to be here just now; the provider drops the old session likewise when it meets two accounts.
      delete interaction.session;
      interaction.result = { ...interaction.lastSubmission, login: { accountId } };
      await interaction.persist();
      tabs.release(ctx, interaction.uid);
      return interaction.returnTo;
    },
  };
}
