import type { SignedIn } from "../tenancy/actor.ts";
import type { SignInCookies } from "../auth/begin-sign-in.ts";
import { isRecentlyAuthenticated, requireRecentAuthentication } from "../auth/reauthentication.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { describeViewer } from "../tenancy/describe-viewer.ts";
import { AppError, groupByField, type Issue } from "../http/errors.ts";
import { page, seeOther } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import { type DeleteAtProvider, deleteAccount } from "./deletion.ts";
import { AccountDeletionPage } from "./deletion-view.tsx";
import { listLeavings } from "./leaving.ts";
import { accountDeletions } from "./limits.ts";
import { accountDeletionBody, type Plan, planField } from "./schema.ts";
import type { AccountSessionsDependencies } from "./sessions-pages.tsx";

const path = "/account/deletion";

export type AccountDeletionDependencies = Omit<AccountSessionsDependencies, "sessionLimits"> & {
  signInCookies: Pick<SignInCookies, "password">;
  /** Asks for the deletion of an account at the identity provider, too; null if we may not. */
  deleteAtProvider: DeleteAtProvider | null;
};

/** Where a person deletes their account. */
export function accountDeletionPages(dependencies: AccountDeletionDependencies) {
  const { database, sessionCookie, signInCookies, signOutAtProvider, deleteAtProvider } =
    dependencies;

  const show = route({
    method: "GET",
    path,
    access: "signed-in",
    statuses: [200],
    handler: ({ actor }) => showDeletion(actor),
  });

  const remove = route({
    method: "POST",
    path,
    access: "signed-in",
    query: accountQuery,
    body: accountDeletionBody,
    limits: [accountDeletions],
    limitField: "confirmation",
    statuses: [303, 409],
    async handler({ actor, query, body }, ctx) {
      requireSameAccount(actor, query, path);
      requireRecentAuthentication(actor, path);
      try {
        const how = { plans: body.plans, deleteAtProvider };
        for (const organizationId of await deleteAccount(database, actor, how)) {
          // The organization's own log was deleted with it.
          ctx.state.logger.info({ organizationId }, "organization purged with its owner's account");
        }
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "account.last_owner") throw error;
        const { status, options } = error;
        return showDeletion(actor, {
          status,
          values: writePlans(body.plans),
          issues: options.issues ?? [],
        });
      }
      sessionCookie.expire(ctx);
      if (!deleteAtProvider) return signOutAtProvider(ctx);
      // The provider ends its session with the account at any moment, and then refuses a form to sign out.
      signInCookies.password.write(ctx, "yes");
      // No session is left to keep a notice, so the front page gets the code of its one fixed sentence.
      return seeOther("/?notice=account_deleted");
    },
    invalid: ({ actor, values, issues }) => showDeletion(actor, { status: 422, values, issues }),
  });

  async function showDeletion(
    actor: SignedIn,
    { status = 200, values = {}, issues = [] }: Shown = {},
  ) {
    const leavings = await listLeavings(database, actor.user.id);
    return page(
      <Layout title="Delete your account" viewer={describeViewer(actor)}>
        <AccountDeletionPage
          userId={actor.user.id}
          leavings={leavings}
          isConfirmed={isRecentlyAuthenticated(actor)}
          isDeletedAtProvider={deleteAtProvider !== null}
          path={path}
          values={values}
          errors={groupByField(issues)}
        />
      </Layout>,
      status,
    );
  }

  return [show, remove];
}

/** The form as it was sent, and its faults. */
type Shown = {
  status?: number;
  values?: Readonly<Record<string, unknown>>;
  issues?: readonly Issue[];
};

/** The choices as the form's fields had them; the person types the confirmation again. */
function writePlans(plans: ReadonlyMap<string, Plan>): Record<string, string> {
  return Object.fromEntries(
    [...plans].map(([id, plan]) => [planField(id), plan === "delete" ? plan : plan.successorId]),
  );
}
