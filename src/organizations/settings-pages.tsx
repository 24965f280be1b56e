import type { Member } from "../tenancy/actor.ts";
import { isRecentlyAuthenticated, requireRecentAuthentication } from "../auth/reauthentication.ts";
import { route } from "../tenancy/route.ts";
import { AppError, groupByField, type Issue } from "../http/errors.ts";
import { type Reply, seeOther } from "../http/reply.ts";
import { listSuccessors, transferOwnership } from "../memberships/ownership.ts";
import { hasPermission } from "../access/roles.ts";
import { deleteOrganization, restoreOrganization } from "./deletion.ts";
import { organizationDeletions, ownershipTransfers } from "./limits.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { settingsPath } from "./paths.ts";
import { organizationPicturePages } from "./picture-pages.ts";
import { deletionBody, ownershipBody, settingsBody } from "./schema.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { changeSettings } from "./settings.ts";
import { SettingsPage } from "./settings-view.tsx";

/** Shows the settings, perhaps with a form that failed. */
export type ShowSettings = (actor: Member, shown?: Shown) => Promise<Reply>;

/** The typed values of a form that failed, and their faults. */
type Shown = { values?: Readonly<Record<string, unknown>>; issues?: readonly Issue[] };

function showSettingsWith({ database, organizationPage }: PageContext): ShowSettings {
  return async (actor, { values = {}, issues = [] } = {}) => {
    const { organization, role, user } = actor;
    const successors = hasPermission(role, "organization:transfer")
      ? await listSuccessors(database, { organizationId: organization.id, ownerId: user.id })
      : [];
    return organizationPage(
      actor,
      { title: "Settings", section: "Settings", status: issues.length > 0 ? 422 : 200 },
      <SettingsPage
        actor={actor}
        successors={successors}
        isConfirmed={isRecentlyAuthenticated(actor)}
        form={{ values, errors: groupByField(issues) }}
      />,
    );
  };
}

/** The settings of an organization: its name, picture and address, who owns it, and whether it exists. */
export function settingsPages(context: PageContext) {
  const { database } = context;
  const params = organizationParams;
  const showSettings = showSettingsWith(context);

  const show = route({
    method: "GET",
    path: "/o/:slug/settings",
    access: "organization:update",
    params,
    statuses: [200],
    handler: ({ actor }) => showSettings(actor),
  });

  const change = route({
    method: "POST",
    path: "/o/:slug/settings",
    access: "organization:update",
    params,
    body: settingsBody,
    limitField: "slug",
    statuses: [303],
    async handler({ actor, body }) {
      try {
        const { slug, isMoved } = await changeSettings(database, actor, body);
        return seeOther(settingsPath(slug), {
          notice: isMoved
            ? "The URL was changed. Links to the former one lead here for 90 days."
            : "Your changes were saved.",
        });
      } catch (error) {
        if (!(error instanceof AppError) || !error.code.startsWith("organization.")) throw error;
        const issues = [{ field: "slug", message: error.message }];
        return showSettings(actor, { values: body, issues });
      }
    },
    invalid: ({ actor, values, issues }) => showSettings(actor, { values, issues }),
  });

  const transfer = route({
    method: "POST",
    path: "/o/:slug/ownership",
    access: "organization:transfer",
    params,
    body: ownershipBody,
    limits: [ownershipTransfers],
    limitField: "userId",
    statuses: [303],
    async handler({ actor, body }) {
      const { slug } = actor.organization;
      requireRecentAuthentication(actor, settingsPath(slug));
      const name = await transferOwnership(database, actor, body);
      return seeOther(settingsPath(slug), {
        notice: `Ownership moved to ${name}. You are now an admin.`,
      });
    },
    invalid: ({ actor, values, issues }) => showSettings(actor, { values, issues }),
  });

  const remove = route({
    method: "POST",
    path: "/o/:slug/deletion",
    access: "organization:delete",
    params,
    body: deletionBody,
    limits: [organizationDeletions],
    limitField: "confirmation",
    statuses: [303],
    async handler({ actor, body }) {
      const { name, slug } = actor.organization;
      const typed = body.confirmation.normalize("NFC").trim();
      if (typed !== name && typed !== slug) {
        const message = `Please type ${slug} to confirm.`;
        return showSettings(actor, { values: body, issues: [{ field: "confirmation", message }] });
      }
      await deleteOrganization(database, actor);
      return seeOther("/organizations", {
        notice:
          "The organization was deleted. You can restore it here until it is removed for good.",
      });
    },
    invalid: ({ actor, values, issues }) => showSettings(actor, { values, issues }),
  });

  const restore = route({
    method: "POST",
    path: "/o/:slug/restoration",
    access: "organization:restore",
    params,
    limits: [organizationDeletions],
    statuses: [303],
    async handler({ actor }) {
      await restoreOrganization(database, actor);
      return seeOther(settingsPath(actor.organization.slug), {
        notice: "The organization was restored.",
      });
    },
  });

  return [
    show,
    change,
    ...organizationPicturePages(database, showSettings),
    transfer,
    remove,
    restore,
  ];
}
