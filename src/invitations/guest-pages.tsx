import type { BeginSignIn } from "../auth/begin-sign-in.ts";
import type { TenantDatabase } from "../database/database.ts";
import { AppError } from "../http/errors.ts";
import { limitRate } from "../http/rate-limit.ts";
import { page, type Reply, seeOther } from "../http/reply.ts";
import { leadToOwnRequests } from "../join-requests/own-requests.ts";
import type { SignInMethods } from "../relying-party/sign-in-methods.ts";
import type { Guest } from "../tenancy/change-as.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { describeViewer } from "../tenancy/describe-viewer.ts";
import { Layout } from "../views/layout.tsx";
import { organizationPath } from "../access/organization-path.ts";
import {
  acceptInvitation,
  askForOtherAccount,
  declineInvitation,
  readReceivedInvitation,
} from "./acceptance.ts";
import { InvitationPage } from "./guest-view.tsx";
import { findByToken, type InvitationKey, invitationPath } from "./invitation.ts";
import { requireOwnInvitation } from "./join-options.ts";
import { wrongTokens } from "./limits.ts";
import { isMailedTo, noteMailedLink } from "./mailed-proof.ts";
import { guestParams, signInBody, tokenParams } from "./schema.ts";

/** Answers an invitation, and says where that leads. */
type Answer = (guest: Guest, id: string) => Promise<Reply>;

/** The pages of an invited person, and their answers. */
export function guestPages(
  database: TenantDatabase,
  beginSignIn: BeginSignIn,
  signInMethods: SignInMethods,
) {
  const countWrong = limitRate(wrongTokens);

  /**
   * Only wrong tokens count against a network. A right one has 256 random bits, so nobody guessed it.
   *
   * @throws invitation.gone, request.too_many
   */
  async function findInvitation(token: string, ip: string) {
    try {
      return await findByToken(database, token);
    } catch (error) {
      if (error instanceof AppError) await countWrong(ip);
      throw error;
    }
  }

  const read = (key: InvitationKey, user: { id: string } | null) =>
    database.forOrganization(key.organizationId, (tx) => readReceivedInvitation(tx, key, user));

  const show = route({
    method: "GET",
    path: "/invitations/:token",
    access: "visitor",
    params: tokenParams,
    statuses: [200, 303],
    async handler({ actor, params: { token } }, ctx) {
      const found = await findInvitation(token, ctx.ip);
      const received = await read(found, actor?.user ?? null);
      const { organization, invitation } = received;
      if (!invitation) return seeOther(organizationPath(organization.slug));
      const hasHuggingFace = await signInMethods.hasHuggingFace();
      // Accepting will prove the address.
      const willBeProven =
        actor !== null &&
        received.eligibility === "unverified" &&
        (await isMailedTo(database, actor.user, found));
      const eligibility = willBeProven ? "eligible" : received.eligibility;
      return page(
        <Layout title={`Join ${organization.name}`} viewer={actor && describeViewer(actor)}>
          <InvitationPage
            {...received}
            {...{ invitation, eligibility, actor, token, hasHuggingFace }}
          />
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
      const { invitation } = await read(await findInvitation(token, ctx.ip), null);
      const isByHuggingFace = way === "huggingface" || invitation?.kind === "hugging_face";
      return beginSignIn(ctx, {
        returnTo: invitationPath(token),
        loginHint: invitation?.email ?? undefined,
        switchesAccount: way === "other-account",
        ...(way === "register" && { screen: way }),
        ...(isByHuggingFace &&
          (await signInMethods.hasHuggingFace()) && { with: "huggingface" as const }),
      });
    },
  });

  const byToken = (act: string, answer: Answer) =>
    route({
      method: "POST",
      path: `/invitations/:token/${act}`,
      access: "signed-in",
      params: tokenParams,
      query: accountQuery,
      statuses: [303],
      async handler({ actor, params: { token }, query }, ctx) {
        requireSameAccount(actor, query, invitationPath(token));
        const found = await findInvitation(token, ctx.ip);
        await noteMailedLink(database, actor.user, found);
        return answer({ ...actor, organization: { id: found.organizationId } }, found.id);
      },
    });

  /** For the recipient, who finds the invitation on their list of organizations. */
  const byId = (act: string, answer: Answer) =>
    route({
      method: "POST",
      path: `/organizations/:organizationId/invitations/:invitationId/${act}`,
      access: "signed-in",
      params: guestParams,
      query: accountQuery,
      statuses: [303],
      async handler({ actor, params: { organizationId, invitationId: id }, query }) {
        requireSameAccount(actor, query, "/organizations");
        await requireOwnInvitation(database, actor.user, { organizationId, id });
        return answer({ ...actor, organization: { id: organizationId } }, id);
      },
    });

  const accept: Answer = async (guest, id) =>
    seeOther(organizationPath(await acceptInvitation(database, guest, id)));

  const decline: Answer = async (guest, id) => {
    const name = await declineInvitation(database, guest, id);
    return seeOther("/organizations", { notice: `You declined the invitation to ${name}.` });
  };

  const ask: Answer = async (guest, id) => {
    await askForOtherAccount(database, guest, id);
    return leadToOwnRequests();
  };

  return [
    show,
    signIn,
    byToken("acceptance", accept),
    byToken("rejection", decline),
    byToken("request", ask),
    byId("acceptance", accept),
    byId("rejection", decline),
  ];
}
