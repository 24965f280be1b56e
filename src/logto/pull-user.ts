import type { JobContext } from "../jobs/job.ts";

/** TEMPORARY: the branch webhooks has the real one. */
export async function pullUser(
  {
    database,
    logto,
  }: Pick<JobContext, "database" | "logger"> & { logto: NonNullable<JobContext["logto"]> },
  subject: string,
  { isMachine = false }: { isMachine?: boolean } = {},
): Promise<string | null> {
  const user = await database.unscoped.user.upsert({
    where: { issuer_subject: { issuer: logto.issuer, subject } },
    create: { issuer: logto.issuer, subject, isMachine, name: subject },
    update: {},
    select: { id: true },
  });
  return user.id;
}
