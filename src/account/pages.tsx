import { requireRow } from "../tenancy/change-as.ts";
import { route } from "../tenancy/route.ts";
import { describeViewer } from "../tenancy/describe-viewer.ts";
import { displayName } from "../identity/display-name.ts";
import { page } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import { describeAccount, readAccount } from "./account.ts";
import type { ProfileDependencies } from "./profile-pages.tsx";
import { AccountPage } from "./views.tsx";

/** A person's own page. */
export function accountPages({ providerLinks }: Pick<ProfileDependencies, "providerLinks">) {
  return [
    route({
      method: "GET",
      path: "/account",
      access: "signed-in",
      statuses: [200],
      read: readAccount,
      async handler({ actor, rows }) {
        const account = describeAccount(requireRow(rows));
        const viewer = describeViewer(actor);
        return page(
          <Layout title="Your account" viewer={viewer}>
            <AccountPage
              account={{ ...account, name: displayName(account) }}
              organizations={viewer.organizations}
              links={providerLinks}
            />
          </Layout>,
        );
      },
    }),
  ];
}
