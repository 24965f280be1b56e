import { randomUUID } from "node:crypto";

import { createLink, invite } from "../../src/invitations/invite.ts";
import { actorIn } from "../support/acting.ts";
import type { RunningApplication } from "../support/application.ts";
import type { Place } from "../isolation/sample-request.ts";

/**
 * Creates the invitation that a request to a path needs: a link, if anyone may use it; one for a name at Hugging Face that
 * every user then has, if it has to be the principal's own; or one for a name that nobody has, if it must not be.
 */
export async function invitePerson(
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
