import { z } from "zod";

import type { TenantDatabase, Transaction } from "../database/database.ts";
import type { HuggingFaceConnection } from "../database/generated/client.ts";
import { unseal } from "../http/seal.ts";
import { defineJob, type JobContext } from "../jobs/job.ts";
import { changeAsGuest, unchanged } from "../tenancy/change-as.ts";
import { followIn } from "./following.ts";
import { type Members, MembersError, readMembers } from "./members-api.ts";

/** Seconds between two lists. */
const interval = 12 * 3600;
const intervalAfterFault = 3600;

/** The purpose for which access tokens are sealed. */
export const tokenPurpose = "hugging-face access token";

type Key = { organizationId: string; subject: string };

const job = defineJob({
  name: "hugging_face.members",
  lane: "slow",
  payload: z.object({ organizationId: z.uuid(), subject: z.string() }),
  async run(key, context: HuggingFaceJobContext) {
    const { database, logger } = context;
    const connection = await findWithToken(database, key);
    if (!connection) return;
    // First of all, so that the next run is scheduled even if this process is killed.
    await schedule(database, key, interval);
    const fields = { part: "hugging-face", ...key };
    try {
      const members = await readMembersOf(context, connection);
      await noteResult(database, connection, { membersToldAt: new Date(), membersFault: null });
      const followed = await followEach(database, connection, members);
      logger.info({ ...fields, members: members.size, followed }, "members were listed");
    } catch (error) {
      if (!(error instanceof MembersError)) throw error;
      logger.warn(
        { ...fields, fault: error.fault },
        "Hugging Face did not tell who its members are",
      );
      await noteResult(database, connection, { membersFault: error.fault });
      await schedule(database, key, intervalAfterFault);
    }
  },
});

export type HuggingFaceJobContext = JobContext & {
  /** The address of Hugging Face, and the secrets that seal tokens, the newest first. Without them we list no members. */
  huggingFace?: { endpoint: string; secrets: readonly string[] };
};

/**
 * Lists the members of a connected organization that gave us a token for that, and updates the memberships that came by
 * the connection. A connection has one job at a time: its key.
 */
export const followMembers = {
  ...job,
  begin: (tx: Transaction, key: Key) => job.enqueue(tx, key, { key: nameJob(key) }),
};

const nameJob = ({ organizationId, subject }: Key) => `hugging-face:${organizationId}:${subject}`;

type AskedConnection = HuggingFaceConnection & { accessToken: string };

/** Null if the connection or its organization is gone, or has no token any more. */
function findWithToken(database: TenantDatabase, key: Key): Promise<AskedConnection | null> {
  const { organizationId, subject } = key;
  return database.forOrganization(organizationId, async (tx) => {
    const connection = await tx.huggingFaceConnection.findFirst({
      where: { organizationId, subject, organization: { deletedAt: null } },
    });
    const accessToken = connection?.accessToken;
    return connection && accessToken ? { ...connection, accessToken } : null;
  });
}

function schedule(database: TenantDatabase, key: Key, delay: number): Promise<void> {
  return database.forOrganization(key.organizationId, (tx) =>
    job.enqueue(tx, key, { key: nameJob(key), delay }),
  );
}

async function readMembersOf(
  { huggingFace }: HuggingFaceJobContext,
  { accessToken, subject }: AskedConnection,
): Promise<Members> {
  if (!huggingFace) throw new MembersError("unavailable");
  const { endpoint, secrets } = huggingFace;
  for (const secret of secrets) {
    const token = await unseal(accessToken, secret, tokenPurpose);
    if (token !== null) return readMembers(endpoint, { subject, token });
  }
  throw new MembersError("refused");
}

/** Stores the result, unless the token was replaced since. */
async function noteResult(
  database: TenantDatabase,
  { organizationId, subject, accessToken }: AskedConnection,
  data: Partial<Pick<HuggingFaceConnection, "membersToldAt" | "membersFault">>,
): Promise<void> {
  const nobody = { user: null, organization: { id: organizationId }, request: null };
  const where = { organizationId, subject, accessToken };
  await changeAsGuest(database, nobody, async (tx) => {
    await tx.huggingFaceConnection.updateMany({ where, data });
    return unchanged;
  });
}

async function followEach(
  database: TenantDatabase,
  connection: AskedConnection,
  members: Members,
): Promise<number> {
  const { organizationId, subject: connectionSubject } = connection;
  const people = await database.forOrganization(
    organizationId,
    (tx) => tx.$queryRaw<{ userId: string; subject: string | null }[]>`
      select h.user_id as "userId", i.subject from hugging_face_memberships h
        left join identities i on i.user_id = h.user_id and i.provider = 'huggingface'
       where h.organization_id = ${organizationId}::uuid and h.connection_subject = ${connectionSubject}
       order by h.user_id`,
  );
  for (const { userId, subject } of people) {
    const role = members.get(subject ?? "");
    const listed = { connection, entry: role === undefined ? null : { role } };
    await followIn(database, { organizationId, userId }, { request: null, listed });
  }
  return people.length;
}
