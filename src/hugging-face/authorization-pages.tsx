import type { Member, SignedIn } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { defineCookie } from "../http/cookie.ts";
import { AppError } from "../http/errors.ts";
import { page, type Reply, seeOther } from "../http/reply.ts";
import type { FinishSignIn } from "../tenancy/sign-in-steps.ts";
import { changeAs } from "../tenancy/change-as.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { Layout } from "../views/layout.tsx";
import {
  createSealers,
  findAdmin,
  findLinkedSubject,
  lifetimeSeconds,
  listAdministered,
} from "./authorization.ts";
import { ChoicePage, UnprovenPage } from "./authorization-views.tsx";
import type { Confirmations, PendingConfirmation } from "./confirmation.ts";
import { connect, readDecidedAt } from "./connection.ts";
import { huggingFaceError, withAction } from "./errors.ts";
import { authorizations, connections } from "./limits.ts";
import { callbackPath, type HuggingFaceOAuth } from "./oauth.ts";
import { choiceBody } from "./schema.ts";
import { connectionsPath } from "./views.tsx";

type AuthorizationDependencies = {
  /** Null if this installation is no OAuth application at Hugging Face. */
  oauth: HuggingFaceOAuth | null;
  /** They share the callback. */
  confirmations: Confirmations | null;
  finishSignIn: FinishSignIn;
  secrets: readonly string[];
  origin: string;
};

/** The pages of connecting: to Hugging Face, back, and the choice of an organization there. */
export function authorizationPages(
  { database, organizationPage }: PageContext,
  { oauth, confirmations, finishSignIn, secrets, origin }: AuthorizationDependencies,
) {
  const cookie = defineCookie("hugging-face", { origin, maxAge: lifetimeSeconds });
  const { roundTrips, choices } = createSealers(secrets);

  const begin = route({
    method: "POST",
    path: "/o/:slug/hugging-face/authorization",
    access: "hugging-face:update",
    params: organizationParams,
    limits: [authorizations],
    statuses: [303],
    async handler({ actor }, ctx) {
      // Nothing changes yet. This only checks that the actor may connect, before they leave.
      const started = { organizationId: actor.organization.id, userId: actor.user.id };
      const decidedAt = await changeAs(database, actor, "hugging-face:update", async (tx) => ({
        value: await readDecidedAt(tx, started),
        event: null,
      }));
      // That page says what is missing.
      if (!oauth) return seeOther(connectionsPath(actor.organization));
      const { url, secrets: kept } = await oauth
        .begin({ asksAddress: false })
        .catch(leadBackTo(actor));
      cookie.write(ctx, await roundTrips.seal({ ...started, decidedAt, ...kept }));
      return seeOther(url);
    },
  });

  const callback = route({
    method: "GET",
    path: callbackPath,
    // Not `signed-in`: its redirect would put the code into the address of the sign-in.
    access: "visitor",
    statuses: [200, 303],
    hasEffects: true,
    async handler({ actor }, ctx) {
      const state = new URLSearchParams(ctx.querystring).get("state");
      const pending = await confirmations?.find(ctx, state);
      if (confirmations && pending) {
        return answerPending(pending, actor, () =>
          confirmations.finish(ctx, pending, finishSignIn),
        );
      }
      const sealed = cookie.read(ctx);
      cookie.expire(ctx);
      const kept = sealed === undefined ? null : await roundTrips.open(sealed);
      if (!oauth || !kept || kept.state !== state || kept.userId !== actor?.user.id) {
        throw spent(actor);
      }
      const { organizationId, userId, decidedAt } = kept;
      const admin = await findAdmin(database, actor, organizationId);
      try {
        const account = await oauth.complete(ctx.querystring, kept);
        const linked = await findLinkedSubject(database, userId);
        const options = await Promise.all(
          listAdministered(account, linked).map(async (organization) => {
            const sealedChoice = { organizationId, userId, decidedAt, ...organization };
            return { ...organization, choice: await choices.seal(sealedChoice) };
          }),
        );
        return organizationPage(
          admin,
          { title: "Choose an organization", section: "Joining" },
          <ChoicePage actor={admin} options={options} />,
        );
      } catch (error) {
        return leadBackTo(admin)(error);
      }
    },
  });

  const choose = route({
    method: "POST",
    path: "/o/:slug/hugging-face",
    access: "hugging-face:update",
    params: organizationParams,
    body: choiceBody,
    limits: [connections],
    statuses: [303],
    async handler({ actor, body }) {
      const chosen = await choices.open(body.choice);
      const { organization, user } = actor;
      const isTheirs = chosen?.organizationId === organization.id && chosen.userId === user.id;
      await connect(database, actor, isTheirs ? chosen : null).catch(leadBackTo(actor));
      return seeOther(connectionsPath(organization), {
        notice: "The organization is connected. Check its rules below.",
      });
    },
  });

  return [begin, callback, choose];
}

/** Continues a sign-in, or the joining of a person who is signed in. */
async function answerPending(
  pending: PendingConfirmation,
  actor: SignedIn | null,
  finish: () => ReturnType<Confirmations["finish"]>,
): Promise<Reply> {
  const { returnTo, sessionId, userId } = pending;
  if (sessionId === null && actor?.user.id !== userId) throw spent(actor);
  const outcome = await finish().catch(leadBack("Back", returnTo));
  if (typeof outcome !== "string") return outcome;
  if (sessionId === null) {
    return seeOther(returnTo, {
      notice: "Hugging Face told us your organizations. The ones you can join are below.",
    });
  }
  if (outcome !== "unproven") return seeOther(returnTo);
  return page(
    <Layout title="Hugging Face did not confirm" viewer={undefined}>
      <UnprovenPage returnTo={returnTo} />
    </Layout>,
  );
}

/** Links to a next step, as another tab of this browser may have begun something else, such as a sign-in. */
function spent(actor: SignedIn | null): AppError {
  const action = actor
    ? { label: "Your organizations", href: "/organizations" }
    : { label: "Sign in", href: "/sign-in" };
  return huggingFaceError("hugging_face.spent", { action });
}

/** Rethrows an error with a link back to the page where the person started. */
function leadBackTo({ organization }: Member) {
  return leadBack("Back to Hugging Face", connectionsPath(organization));
}

function leadBack(label: string, href: string) {
  return (error: unknown): never => {
    if (!(error instanceof AppError)) throw error;
    throw withAction(error, error.options.action ?? { label, href });
  };
}
