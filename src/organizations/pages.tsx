import { describeViewer } from "../tenancy/describe-viewer.ts";
import type { SignedIn } from "../tenancy/actor.ts";
import { requireRow } from "../tenancy/change-as.ts";
import { route } from "../tenancy/route.ts";
import { accountFormAction, formAction } from "../tenancy/page-token.ts";
import { AppError, groupByField } from "../http/errors.ts";
import { page, seeOther } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import type { FilledForm } from "../views/form.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { newOrganizations } from "./limits.ts";
import type { PageContext, Shared } from "../tenancy/feature.ts";
import {
  createOrganization,
  type ListedOrganization,
  readOrganizations,
  requireRoomFor,
} from "./organization.ts";
import { createOrganizationBody } from "./schema.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { homeReader } from "./home.ts";
import { OrganizationHomePage } from "./home-view.tsx";
import { OrganizationsPage } from "./views.tsx";

export type InStep = {
  /** An SQL condition: Logto does not know all that changed in the current organization. Null: nothing is kept in step with it. */
  isBehind: string | null;
};

/** Declares the pages of organizations: the person's own ones, a new one, and the home of each. */
export function organizationPages(
  { database, organizationPage, isBehind }: PageContext & InStep,
  {
    joinOptions: findJoinOptions,
    homeCards,
    firstSteps,
  }: Pick<Shared, "joinOptions" | "homeCards" | "firstSteps">,
) {
  const readHome = homeReader(isBehind, homeCards, firstSteps);
  const list = route({
    method: "GET",
    path: "/organizations",
    access: "signed-in",
    statuses: [200],
    read: readOrganizations,
    handler: ({ actor, rows }) => showList(actor, rows),
  });

  const create = route({
    method: "POST",
    path: "/organizations",
    access: "signed-in",
    body: createOrganizationBody,
    limits: [newOrganizations],
    limitField: "name",
    statuses: [303],
    read: readOrganizations,
    async handler({ actor, body, rows }) {
      const { name } = body;
      const { request, user } = actor;
      try {
        await database.forUser(user.id, (tx) => requireRoomFor(tx, user.id));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return showList(actor, rows, { values: body, errors: { name: [error.message] } });
      }
      const { slug } = await createOrganization(database, { name, userId: user.id }, request);
      return seeOther(organizationPath(slug));
    },
    invalid: ({ actor, values, issues, rows }) =>
      showList(actor, rows, { values, errors: groupByField(issues) }),
  });

  const home = route({
    method: "GET",
    path: "/o/:slug",
    access: "organization:read",
    params: organizationParams,
    statuses: [200],
    read: () => readHome,
    handler: async ({ actor, rows }) =>
      organizationPage(
        actor,
        { title: "Home", section: "Home" },
        // Without a row, the organization was purged after the request was authorized.
        <OrganizationHomePage
          actor={actor}
          home={requireRow(rows)}
          cards={homeCards}
          steps={firstSteps}
        />,
      ),
  });

  async function showList(
    actor: SignedIn,
    organizations: readonly ListedOrganization[],
    form: FilledForm = { values: {}, errors: {} },
  ) {
    const joinOptions = await Promise.all(findJoinOptions.map((find) => find(actor)));
    return page(
      <Layout title="Your organizations" viewer={describeViewer(actor)}>
        <OrganizationsPage
          organizations={organizations.map(({ role, ...organization }) => ({
            ...organization,
            ...actor.organizations?.find(({ slug }) => slug === organization.slug),
            role,
            restoreAction: formAction({ user: actor.user, organization, role }, "restoration"),
          }))}
          joinOptions={joinOptions.flat()}
          form={form}
          createAction={accountFormAction(actor, "/organizations")}
        />
      </Layout>,
      Object.keys(form.errors).length > 0 ? 422 : 200,
    );
  }

  return [list, create, home];
}
