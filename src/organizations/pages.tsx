import { describeViewer } from "../tenancy/describe-viewer.ts";
import type { SignedIn } from "../tenancy/actor.ts";
import { route } from "../tenancy/route.ts";
import { accountFormAction, formAction } from "../tenancy/page-token.ts";
import type { Transaction } from "../database/database.ts";
import { AppError, groupByField } from "../http/errors.ts";
import { page, seeOther } from "../http/reply.ts";
import { Layout } from "../views/layout.tsx";
import type { FilledForm } from "../views/form.tsx";
import { organizationPath } from "../access/organization-path.ts";
import { newOrganizations } from "./limits.ts";
import type { PageContext, Shared } from "../tenancy/feature.ts";
import {
  createOrganization,
  listOrganizations,
  readOrganizationHome,
  requireRoomFor,
} from "./organization.ts";
import { createOrganizationBody } from "./schema.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { OrganizationHomePage } from "./home-view.tsx";
import { OrganizationsPage } from "./views.tsx";

export type InStep = {
  /** Whether Logto knows all that changed in an organization; null if nothing is kept in step with it. */
  isInStep: ((tx: Transaction, organizationId: string) => Promise<boolean>) | null;
};

/** Declares the pages of organizations: the person's own ones, a new one, and the home of each. */
export function organizationPages(
  { database, organizationPage, isInStep }: PageContext & InStep,
  { joinOptions: findJoinOptions }: Pick<Shared, "joinOptions">,
) {
  const list = route({
    method: "GET",
    path: "/organizations",
    access: "signed-in",
    statuses: [200],
    handler: ({ actor }) => showList(actor),
  });

  const create = route({
    method: "POST",
    path: "/organizations",
    access: "signed-in",
    body: createOrganizationBody,
    limits: [newOrganizations],
    limitField: "name",
    statuses: [303],
    async handler({ actor, body }) {
      const { name } = body;
      const { request, user } = actor;
      try {
        await database.forUser(user.id, (tx) => requireRoomFor(tx, user.id));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return showList(actor, { values: body, errors: { name: [error.message] } });
      }
      const { slug } = await createOrganization(database, { name, userId: user.id }, request);
      return seeOther(organizationPath(slug));
    },
    invalid: ({ actor, values, issues }) =>
      showList(actor, { values, errors: groupByField(issues) }),
  });

  const home = route({
    method: "GET",
    path: "/o/:slug",
    access: "organization:read",
    params: organizationParams,
    statuses: [200],
    async handler({ actor }) {
      const { organization, role } = actor;
      const { createdAt, memberCount, isBehind } = await database.forOrganization(
        organization.id,
        async (tx) => ({
          ...(await readOrganizationHome(tx, organization.id)),
          isBehind: isInStep !== null && !(await isInStep(tx, organization.id)),
        }),
      );
      return organizationPage(
        actor,
        { title: "Home", section: "Home" },
        <OrganizationHomePage
          organization={{ ...organization, createdAt }}
          role={role}
          memberCount={memberCount}
          isBehind={isBehind}
        />,
      );
    },
  });

  async function showList(actor: SignedIn, form: FilledForm = { values: {}, errors: {} }) {
    const organizations = await database.forUser(actor.user.id, (tx) =>
      listOrganizations(tx, actor.user.id),
    );
    const joinOptions = await Promise.all(findJoinOptions.map((find) => find(actor)));
    return page(
      <Layout title="Your organizations" viewer={describeViewer(actor)}>
        <OrganizationsPage
          organizations={organizations.map(({ role, ...organization }) => ({
            ...organization,
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
