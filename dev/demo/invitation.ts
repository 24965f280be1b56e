import type { Database } from "../../src/database/database.ts";
import { invite } from "../../src/invitations/invite.ts";

/** Invites the demo person who is in no organization yet. */
export async function inviteDana(
  database: Database,
  inviter: Parameters<typeof invite>[1],
): Promise<void> {
  const dana = { kind: "email", address: "dana@example.test" } as const;
  await invite(database, inviter, { recipients: [dana], role: "member", days: 30 });
}
