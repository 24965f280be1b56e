import type Koa from "koa";
import type { KoaContextWithOIDC } from "oidc-provider";
import type Provider from "oidc-provider";
import { applicationOf, textOf } from "./addresses.ts";
import type { BrowserCookie } from "./browser-cookie.ts";
import type { Journey } from "./journey.ts";

export type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;
export type Interactions = ReturnType<typeof createInteractions>;

/** Finds the sign-in of a request, stores its state, and ends it. */
export function createInteractions(provider: Provider, cookie: BrowserCookie) {
  provider.use(async (ctx: Koa.Context & Partial<KoaContextWithOIDC>, next: Koa.Next) => {
    await next();
    const interaction = ctx.oidc?.entities.Interaction;
    // A path with its uid finishes an interaction.
    if (interaction && !ctx.path.endsWith(interaction.uid))
      cookie.remember(ctx, textOf(interaction.params["client_id"]), interaction.uid);
  });

  /** @returns undefined also when the session of its page has ended, or belongs to another person */
  async function load(uid: string | undefined): Promise<Interaction | undefined> {
    const interaction = uid === undefined ? undefined : await provider.Interaction.find(uid);
    if (!interaction?.session) return interaction;
    const session = await provider.Session.findByUid(interaction.session.uid);
    return session?.accountId === interaction.session.accountId ? interaction : undefined;
  }

  return {
    /** Finds the sign-in of the application that the address names, or the latest of this browser. */
    find: (ctx: Koa.Context): Promise<Interaction | undefined> =>
      load(cookie.find(ctx, textOf(ctx.query["app_id"]))),
    /** Finds the sign-in that an answer of another identity provider belongs to, if this browser still has it. */
    async findByState(ctx: Koa.Context, state: string): Promise<Interaction | undefined> {
      const interaction = await load(cookie.readState(state));
      const isOwn = interaction && cookie.find(ctx, applicationOf(interaction)) === interaction.uid;
      return isOwn ? interaction : undefined;
    },
    async keep(interaction: Interaction, journey: Journey): Promise<void> {
      interaction.result = { journey };
      await interaction.persist();
    },
    /** Stores the user who has signed in. @returns the next address of the browser */
    async finish(interaction: Interaction, accountId: string): Promise<string> {
      interaction.result = { login: { accountId } };
      await interaction.persist();
      return interaction.returnTo;
    },
    /** Stores the grant of the application. */
    async consent(interaction: Interaction, grantId: string): Promise<string> {
      interaction.result = { ...interaction.lastSubmission, consent: { grantId } };
      await interaction.persist();
      return interaction.returnTo;
    },
  };
}
