import type { BeginSignIn } from "../auth/begin-sign-in.ts";
import { route } from "../tenancy/route.ts";
import { accountFormAction, accountQuery, requireSameAccount } from "../tenancy/seen-as.ts";
import type { SignInMethods } from "../relying-party/sign-in-methods.ts";
import { describeViewer } from "../tenancy/viewer.ts";
import { displayName } from "../identity/display-name.ts";
import type { TenantDatabase } from "../database/database.ts";
import { AppError, httpError } from "../http/errors.ts";
import { limitRate } from "../http/rate-limit.ts";
import { page, seeOther } from "../http/reply.ts";
import type { Guest } from "../tenancy/joining.ts";
import type { FindJoinOptions, JoinOption } from "../tenancy/join-options.ts";
import { Layout } from "../views/layout.tsx";
import { nameRole } from "../views/role-badge.tsx";
import { organizationPath } from "../views/viewer.ts";
import { acceptInvitation, askForOtherAccount, declineInvitation } from "./answer.ts";
import { InvitationPage } from "./guest-view.tsx";
import { type InvitationKey, invitationPath } from "./invitation.ts";
import { wrongTokens } from "./limits.ts";
import { isMailedTo, noteMailedLink } from "./mailed-proof.ts";
import { findByToken, findOwn, listOwn, openInvitation } from "./open.ts";
import { guestParams, signInBody, tokenParams } from "./schema.ts";

/** What an invited person sees and does. */
export function guestPages(
  database: TenantDatabase,
  beginSignIn: BeginSignIn,
  signInMethods: SignInMethods,
) {
  const countWrong = limitRate(wrongTokens);

  /**
   * A right token is never a guess, of 256 bits: it opens its invitation, whoever else has used up the guesses of the
   * network.
   *
   * @throws invitation.gone, request.too_many
   */
  async function find(token: string, ip: string): Promise<InvitationKey> {
    try {
      return await findByToken(database, token);
    } catch (error) {
      if (error instanceof AppError) await countWrong(ip);
      throw error;
    }
  }

  const show = route({
    method: "GET",
    path: "/invitations/:token",
    access: "visitor",
    params: tokenParams,
    statuses: [200, 303],
    async handler({ actor, params: { token } }, ctx) {
      const opened = await openInvitation(database, await find(token, ctx.ip), actor?.user ?? null);
      const { organization, open } = opened;
      if (!open) return seeOther(organizationPath(organization.slug));
      const hasHuggingFace = await signInMethods.hasHuggingFace();
      // Accepting will prove the address.
      const isMeant =
        actor !== null &&
        opened.verdict === "unverified" &&
        (await isMailedTo(database, actor.user, token));
      const verdict = isMeant ? "fits" : opened.verdict;
      return page(
        <Layout title={`Join ${organization.name}`} viewer={actor && describeViewer(actor)}>
          <InvitationPage {...opened} {...{ open, verdict, actor, token, hasHuggingFace }} />
        </Layout>,
      );
    },
  });

  const signIn = route({
    method: "POST",
    path: "/invitations/:token/sign-in",
    access: "visitor",
    params: tokenParams,
    body: signInBody,
    statuses: [303],
    async handler({ params: { token }, body: { way } }, ctx) {
      const key = await find(token, ctx.ip);
      const { open } = await openInvitation(database, key, null);
      const isByHuggingFace = way === "huggingface" || open?.kind === "hugging_face";
      return beginSignIn(ctx, {
        returnTo: invitationPath(token),
        loginHint: open?.email ?? undefined,
        switchesAccount: way === "other-account",
        ...(way === "register" && { screen: way }),
        ...(isByHuggingFace &&
          (await signInMethods.hasHuggingFace()) && { with: "huggingface" as const }),
      });
    },
  });

  const byLink = (act: string, answer: (guest: Guest, id: string) => Promise<string>) =>
    route({
      method: "POST",
      path: `/invitations/:token/${act}`,
      access: "signed-in",
      params: tokenParams,
      query: accountQuery,
      statuses: [303],
      async handler({ actor, params: { token }, query }, ctx) {
        requireSameAccount(actor, query, invitationPath(token));
        const { organizationId, id } = await find(token, ctx.ip);
        await noteMailedLink(database, actor.user, token);
        return seeOther(await answer({ ...actor, organization: { id: organizationId } }, id));
      },
    });

  /** Without the link: for whoever it is addressed to. */
  const byName = (act: string, answer: (guest: Guest, id: string) => Promise<string>) =>
    route({
      method: "POST",
      path: `/organizations/:organizationId/invitations/:invitationId/${act}`,
      access: "signed-in",
      params: guestParams,
      query: accountQuery,
      statuses: [303],
      async handler({ actor, params, query }) {
        requireSameAccount(actor, query, "/organizations");
        const { organizationId, id } = await findOwn(database, actor.user, params.invitationId);
        if (organizationId !== params.organizationId) throw httpError("request.not_found");
        return seeOther(await answer({ ...actor, organization: { id: organizationId } }, id));
      },
    });

  const accept = async (guest: Guest, id: string) =>
    organizationPath(await acceptInvitation(database, guest, id));

  const decline = async (guest: Guest, id: string) => {
    await declineInvitation(database, guest, id);
    return "/organizations?notice=declined";
  };

  const ask = async (guest: Guest, id: string) => {
    await askForOtherAccount(database, guest, id);
    return "/organizations?notice=asked";
  };

  return [
    show,
    signIn,
    byLink("acceptance", accept),
    byLink("rejection", decline),
    byLink("request", ask),
    byName("acceptance", accept),
    byName("rejection", decline),
  ];
}

/** The invitations that wait for somebody, by their verified addresses and their name at Hugging Face. */
export function findInvitationJoinOptions(database: TenantDatabase): FindJoinOptions {
  return async (actor) => {
    const joinOptions: JoinOption[] = [];
    for (const key of await listOwn(database, actor.user)) {
      const opened = await openInvitation(database, key, actor.user).catch(ignoreClosed);
      if (!opened?.open || opened.verdict !== "fits") continue;
      const { open, organization } = opened;
      const inviter = displayName({ name: null, username: null, email: null, ...open.inviter });
      const path = `/organizations/${key.organizationId}/invitations/${key.id}`;
      joinOptions.push({
        organizationName: organization.name,
        text: `${inviter} invites you as ${nameRole(open.presentRole).toLowerCase()}.`,
        actions: [
          {
            label: "Join",
            action: accountFormAction(actor, `${path}/acceptance`),
            tone: "primary",
          },
          {
            label: "Decline",
            action: accountFormAction(actor, `${path}/rejection`),
            tone: "plain",
          },
        ],
      });
    }
    return joinOptions;
  };
}

function ignoreClosed(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}
