import type { SignedIn } from "../tenancy/actor.ts";
import { requireRow } from "../tenancy/change-as.ts";
import { route } from "../tenancy/route.ts";
import { accountQuery, requireSameAccount } from "../tenancy/page-token.ts";
import { describeViewer } from "../tenancy/describe-viewer.ts";
import type { TenantDatabase } from "../database/database.ts";
import { groupByField, type Issue } from "../http/errors.ts";
import { page, type Reply, seeOther } from "../http/reply.ts";
import { withQuery } from "../http/with-query.ts";
import { Layout } from "../views/layout.tsx";
import { type Account, type AccountRow, describeAccount, readAccount } from "./account.ts";
import type { AccountsAtProvider } from "./at-provider.ts";
import { profileChanges, providerReads } from "./limits.ts";
import { changeProfile, describeChanges } from "./profile.ts";
import { profilePicturePages } from "./picture-pages.ts";
import { ProfilePage, profilePath } from "./profile-view.tsx";
import { type ProviderLinks, returnPath } from "./provider-links.ts";
import { profileBody } from "./schema.ts";

export type ProfileDependencies = {
  database: TenantDatabase;
  /** Null: the application may neither read nor change accounts at the identity provider. */
  accounts: AccountsAtProvider | null;
  providerLinks: ProviderLinks;
  baseUrl: string;
};

/** Shows the page, perhaps with a form that failed. */
export type ShowProfile = (
  actor: SignedIn,
  account: Account,
  sent?: { values: Readonly<Record<string, unknown>>; issues: readonly Issue[] },
) => Reply;

/** Where a person changes their profile, and where they come back to from the identity provider's pages. */
export function profilePages(dependencies: ProfileDependencies) {
  const { database, accounts, providerLinks } = dependencies;
  const read = async (userId: string) =>
    describeAccount(requireRow(await database.readUser<AccountRow>(userId, readAccount())));

  const show = route({
    method: "GET",
    path: profilePath,
    access: "signed-in",
    statuses: [200],
    read: readAccount,
    handler: async ({ actor, rows }) => showProfile(actor, describeAccount(requireRow(rows))),
  });

  const change = route({
    method: "POST",
    path: profilePath,
    access: "signed-in",
    query: accountQuery,
    body: profileBody,
    limits: [profileChanges],
    limitField: "name",
    statuses: [303, 422],
    read: readAccount,
    async handler({ actor, query, body, rows }) {
      requireSameAccount(actor, query, profilePath);
      const userId = actor.user.id;
      const before = describeAccount(requireRow(rows));
      const wanted = { before, after: body, accounts };
      const { issues, isMirrored } = await changeProfile(database, userId, wanted);
      if (issues.length > 0) return showProfile(actor, before, { values: body, issues });
      return seeOther("/account", { notice: isMirrored ? "Your profile is saved." : later });
    },
    invalid: async ({ actor, values, issues, rows }) =>
      showProfile(actor, describeAccount(requireRow(rows)), { values, issues }),
  });

  const comeBack = route({
    method: "GET",
    path: returnPath,
    access: "signed-in",
    limits: [providerReads],
    // It mirrors what the person changed at the identity provider, as its webhook will.
    hasEffects: true,
    isPage: false,
    statuses: [303],
    read: readAccount,
    async handler({ actor, rows }) {
      // The provider still knows them, so this shows no page, and brings what they changed.
      if (!accounts) return seeOther(withQuery("/sign-in", { returnTo: "/account" }));
      const userId = actor.user.id;
      const before = describeAccount(requireRow(rows));
      if (!(await accounts.pull(userId))) return seeOther("/account", { notice: later });
      const notice = describeChanges(before, await read(userId));
      return seeOther("/account", notice === undefined ? {} : { notice });
    },
  });

  const showProfile: ShowProfile = (actor, account, sent) =>
    page(
      <Layout title="Edit your profile" viewer={describeViewer(actor)}>
        <ProfilePage
          userId={actor.user.id}
          account={account}
          isKept={accounts !== null}
          links={providerLinks}
          form={{ values: sent?.values ?? {}, errors: groupByField(sent?.issues ?? []) }}
        />
      </Layout>,
      sent ? 422 : 200,
    );

  return [show, change, comeBack, ...profilePicturePages(dependencies, showProfile)];
}

const later =
  "Our identity provider is not responding. What you changed there will appear here in a while.";
