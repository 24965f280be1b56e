import { randomUUID } from "node:crypto";

import { acceptInvitation } from "../../src/invitations/acceptance.ts";
import { createLink, invite } from "../../src/invitations/invite.ts";
import {
  byAnother,
  guestAt,
  know,
  type Prepare,
  type Use,
  type Ways,
  type World,
} from "../memberships/decisions-world.ts";

/** A link for everybody, with the role admin. */
export const byLink: Prepare = async (world) => {
  const { application, actor } = world;
  const terms = { role: "admin", days: 7, maxUses: null, domains: [] } as const;
  await createLink(application.database, actor, terms);
  return useNewest(world);
};

const byInvitation = async (world: World, kind: "email" | "hugging_face", address: string) => {
  const { application, actor } = world;
  const recipients = [{ kind, address }];
  await invite(application.database, actor, { recipients, role: "admin", days: 7 });
  return useNewest(world);
};

async function useNewest(world: World): Promise<Use> {
  const { application, organization } = world;
  const [newest] = await application.query<{ id: string }>(
    "select id from invitations where organization_id = $1 order by id desc limit 1",
    [organization.id],
  );
  return (as) => acceptInvitation(application.database, guestAt(world, as), newest?.id ?? "");
}

/** An invitation to an address or name of theirs, made before that was known: members cannot be invited. */
const byOldMark =
  (kind: "email" | "hugging_face"): Prepare =>
  async (world) => {
    const { application, ada } = world;
    await know(application, { ...ada, email: "another@old.example", handle: "another" });
    const use = await byInvitation(world, kind, kind === "email" ? ada.email : `@${ada.handle}`);
    await know(application, ada);
    return use;
  };

/** An invitation to an address or name that becomes theirs afterwards: members cannot be invited. */
const byNewMark =
  (kind: "email" | "hugging_face"): Prepare =>
  async (world) => {
    const fresh = randomUUID().slice(0, 8);
    const mark = kind === "email" ? { email: `${fresh}@new.example` } : { handle: fresh };
    const use = await byInvitation(world, kind, mark.email ?? `@${fresh}`);
    return async (as) => {
      const known = { ...as, ...mark };
      await know(world.application, known);
      await use(known);
    };
  };

export const invitationWays: Ways = {
  older: {
    "a link": byLink,
    "an invitation to their address": byOldMark("email"),
    "an invitation to their Hugging Face name": byOldMark("hugging_face"),
    "another account of theirs, by a link": byAnother(byLink),
  },
  newer: {
    "a link": byLink,
    "an invitation to their address": byNewMark("email"),
    "an invitation to their Hugging Face name": byNewMark("hugging_face"),
  },
};
