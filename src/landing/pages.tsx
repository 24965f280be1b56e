import { z } from "zod";

import { route } from "../tenancy/route.ts";
import type { SignInMethods } from "../relying-party/sign-in-methods.ts";
import { page, seeOther } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import { productName } from "../runtime/product.ts";
import { organizationPath } from "../access/organization-path.ts";
import { LandingPage } from "./views.tsx";

/** After the deletion of an account nobody is signed in: no session keeps a notice, so the address has this one word. */
const landingQuery = z.object({
  notice: z.literal("account_deleted").optional().catch(undefined),
});

/** Declares `/`: visitors see the landing page, and people who are signed in go on to their last organization. */
export function landingPages(signInMethods: SignInMethods) {
  return [
    route({
      method: "GET",
      path: "/",
      access: "visitor",
      query: landingQuery,
      statuses: [200, 303],
      isPage: false, // for visitors only
      async handler({ actor, query: { notice } }) {
        if (actor) {
          const slug = actor.lastOrganizationSlug;
          return seeOther(slug === null ? "/organizations" : organizationPath(slug));
        }
        return page(
          <Layout title={productName} viewer={null} notice={notice && "Your account is deleted."}>
            <LandingPage hasHuggingFace={await signInMethods.hasHuggingFace()} />
          </Layout>,
        );
      },
    }),
  ];
}
