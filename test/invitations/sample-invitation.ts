import { randomUUID } from "node:crypto";

import { createLink, invite } from "../../src/invitations/invite.ts";
import { actorIn } from "../support/acting.ts";
import type { RunningApplication } from "../support/application.ts";
import type { Place } from "../isolation/sample-request.ts";

/**
 * An invitation of a place that a request to a path can be made of: a link where anybody will do; where it has to be
 * one's own, one for a name at Hugging Face that everybody there is has from now on; and somebody else's where it has
 * to be that.
 */
export async function inviteSomebody(
  application: RunningApplication,
  { owner, organization }: Place,
  path: string,
): Promise<{ id: string; token: string }> {
  const { database, query } = application;
  const actor = actorIn(owner, organization);
  const terms = { role: "member", days: 7 } as const;
  const handle = `sample-${randomUUID().slice(0, 8)}`;
  const isLink = !/:invitationId|rejection$|request$/.test(path);
  const opened = isLink
    ? await createLink(database, actor, { ...terms, maxUses: null, domains: [] })
    : await inviteHandle();
  if (!isLink && !path.endsWith("/request")) {
    await query(
      `insert into identities (user_id, provider, subject, handle)
       select id, 'huggingface', id, $1 from users
       on conflict (user_id, provider) do update set handle = $1`,
      [handle],
    );
  }
  const [invitation] = await query<{ id: string }>(
    "select id from invitations where organization_id = $1 order by id desc limit 1",
    [organization.id],
  );
  return { id: invitation?.id ?? "", token: opened.slice(opened.lastIndexOf("/") + 1) };

  async function inviteHandle(): Promise<string> {
    const recipients = [{ kind: "hugging_face", address: `@${handle}` }] as const;
    const [invited] = await invite(database, actor, { ...terms, recipients });
    if (invited?.outcome !== "invited") throw new Error(`@${handle} could not be invited.`);
    return invited.path;
  }
}
