import { route } from "../auth/route.ts";
import { page, seeOther } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import { productName } from "../product.ts";
import { organizationPath } from "../views/viewer.ts";
import { LandingPage } from "./views.tsx";

/** The front door: for visitors the ways in, for everybody else straight to where they were. */
export const landingPages = [
  route({
    method: "GET",
    path: "/",
    access: "visitor",
    statuses: [200, 303],
    async handler({ actor }) {
      if (actor) {
        const slug = actor.lastOrganizationSlug;
        return seeOther(slug === null ? "/organizations" : organizationPath(slug));
      }
      return page(
        <Layout title={productName} viewer={null}>
          <LandingPage
            signInPath="/sign-in"
            registerPath="/sign-in?screen=register"
            huggingFacePath="/sign-in?with=huggingface"
          />
        </Layout>,
      );
    },
  }),
];
