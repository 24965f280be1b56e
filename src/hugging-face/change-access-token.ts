import type { AuditEntry } from "../tenancy/audit-event.ts";
import type { TenantDatabase } from "../database/database.ts";
import { httpError } from "../http/errors.ts";
import { seal } from "../http/seal.ts";
import { type Change, changeAs, type ChangingMember } from "../tenancy/change-as.ts";
import { followMembers, tokenPurpose } from "./members-job.ts";

/**
 * Stores the token with which we list the members of a connected organization, and lists them at once; or removes it
 * (null). The token is stored sealed, and no page shows it.
 *
 * @throws request.not_found; what `changeAs` throws
 */
export async function changeAccessToken(
  database: TenantDatabase,
  actor: ChangingMember,
  { subject, token }: { subject: string; token: string | null },
  secrets: readonly string[],
): Promise<void> {
  const organizationId = actor.organization.id;
  const accessToken = token === null ? null : await seal(token, secrets[0] ?? "", tokenPurpose);
  await changeAs(database, actor, "hugging-face:update", async (tx): Promise<Change<void>> => {
    const where = { organizationId_subject: { organizationId, subject } };
    const present = await tx.huggingFaceConnection.findUnique({ where });
    if (!present) throw httpError("request.not_found");
    const isAsBefore = accessToken === null && present.accessToken === null;
    if (isAsBefore) return { value: undefined, event: null };
    const data = { accessToken, membersToldAt: null, membersFault: null };
    await tx.huggingFaceConnection.update({ where, data });
    if (accessToken !== null) await followMembers.begin(tx, { organizationId, subject });
    const { name, handle } = present;
    const event: AuditEntry = {
      action: `hugging_face.token_${accessToken === null ? "removed" : "saved"}`,
      target: { type: "hugging-face-organization", id: subject },
      details: { name, handle },
    };
    return { value: undefined, event };
  });
}
