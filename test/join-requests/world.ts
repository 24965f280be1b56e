import { requestToJoin } from "../../src/join-requests/join-request.ts";
import { changeAsGuest } from "../../src/tenancy/change-as.ts";
import { actorIn } from "../support/acting.ts";
import type { Organization, Person, RunningApplication } from "../support/application.ts";
import { openOrigin } from "../support/join-requests.ts";

/** Asks to join as a feature does. The result is the id of the request; empty if one was pending already. */
export const askWith =
  (application: Pick<RunningApplication, "database">) =>
  (organization: Organization, asker: Person): Promise<string> =>
    changeAsGuest(application.database, actorIn(asker, organization), async (tx) => {
      const key = { organizationId: organization.id, userId: asker.id };
      const wish = { role: "member" as const, origin: openOrigin.name, originId: "x" };
      const event = await requestToJoin(tx, { ...key, ...wish });
      return { value: event?.target.id ?? "", event };
    });
