import { route } from "../tenancy/route.ts";
import { describeViewer } from "../tenancy/describe-viewer.ts";
import { page, seeOther } from "../http/reply.ts";
import { Card } from "../views/card.tsx";
import { Layout } from "../views/layout.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { providerReads } from "./limits.ts";
import type { ProfileDependencies } from "./profile-pages.tsx";
import { linkPath, unlinkPath } from "./sign-in-view.tsx";

const target = "huggingface";

/** Where a person links and unlinks their Hugging Face account: the identity provider does it, and asks who they are. */
export function huggingFaceAccountPages({
  accounts,
  providerLinks,
}: Pick<ProfileDependencies, "accounts" | "providerLinks">) {
  const link = route({
    method: "GET",
    path: linkPath,
    access: "signed-in",
    limits: [providerReads],
    isPage: false,
    statuses: [303],
    async handler() {
      if (!accounts) return seeOther(providerLinks.overview);
      const connectorId = await accounts.findConnector(target);
      return connectorId === null
        ? seeOther("/account", { notice: notNow })
        : seeOther(providerLinks.link(connectorId));
    },
  });

  const unlink = route({
    method: "GET",
    path: unlinkPath,
    access: "signed-in",
    limits: [providerReads],
    statuses: [200],
    async handler({ actor }) {
      const connectorId = (await accounts?.findConnector(target)) ?? null;
      const href =
        connectorId === null ? providerLinks.overview : providerLinks.unlink(connectorId);
      return page(
        <Layout title="Unlink Hugging Face" viewer={describeViewer(actor)}>
          <UnlinkPage href={href} />
        </Layout>,
      );
    },
  });

  return [link, unlink];
}

const notNow = "Hugging Face accounts cannot be linked right now.";

function UnlinkPage({ href }: { href: string }) {
  return (
    <>
      <PageHeading title="Unlink Hugging Face" />
      <div class="grid max-w-2xl gap-6">
        <Card id="consequences" title="Before you go on">
          <ul class="grid list-disc gap-2 pl-5">
            <li>You can no longer sign in with Hugging Face.</li>
            <li>Your memberships that come from a Hugging Face organization are suspended.</li>
            <li>
              If it is your only way to sign in, set a password first. Our identity provider refuses
              to unlink your last one.
            </li>
          </ul>
          <div class="mt-6 flex flex-wrap items-center gap-x-5 gap-y-3">
            <a class="btn btn-error text-base max-sm:w-full" href={href}>
              Unlink Hugging Face
            </a>
            <a class="link" href="/account">
              Keep it linked
            </a>
          </div>
        </Card>
      </div>
    </>
  );
}
