import { acceptInvitation } from "../../src/invitations/acceptance.ts";
import { createLink, invite, revokeInvitation } from "../../src/invitations/invite.ts";
import { findByToken } from "../../src/invitations/invitation.ts";
import type { Writers, WritersKit } from "../database/writers-world.ts";
import { actorIn } from "../support/acting.ts";
import { inventEmail } from "./world.ts";

const request = { id: "request-1", ip: "192.0.2.1", userAgent: "test" };

export function invitationWriters(kit: WritersKit): Writers {
  const { application, database, owner, others, organizations, any } = kit;
  /** So that the next one is not one too many in a minute. */
  const makeOld = (id: string) =>
    application.query(
      "update invitations set created_at = created_at - interval '1 hour' where id = $1",
      [id],
    );
  return {
    async acceptLink() {
      const organization = any(organizations);
      const terms = { role: "admin" as const, days: 7, maxUses: null, domains: [] };
      const path = await createLink(database, actorIn(owner, organization), terms);
      const { id } = await findByToken(database, path.split("/").at(-1) ?? "");
      await makeOld(id);
      await acceptInvitation(database, { user: any(others), organization, request }, id);
    },
    async inviteAndRevoke() {
      const actor = actorIn(owner, any(organizations));
      const address = inventEmail();
      const recipients = [{ kind: "email" as const, address }];
      await invite(database, actor, { recipients, role: "member", days: 7 });
      const [made] = await application.query<{ id: string }>(
        "select id from invitations where email = $1",
        [address],
      );
      await makeOld(made?.id ?? "");
      await revokeInvitation(database, actor, { id: made?.id ?? "" });
    },
  };
}
