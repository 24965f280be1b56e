import { type Person, readPerson } from "../identity/person.ts";
import type { Transaction } from "../database/database.ts";
import { countUses, hasRoom } from "../limits/limit-counters.ts";
import type { Limit } from "../http/limit.ts";
import type { JobContext } from "../jobs/job.ts";
import { sendOrGiveUp } from "../mail/mailer.ts";
import type { MailContent } from "../mail/mail-content.tsx";
import { nameInMail } from "../mail/name-in-mail.ts";
import { organizationPath } from "../access/organization-path.ts";
import { notifications } from "./limits.ts";
import type { Role } from "../access/roles.ts";

/** The facts that a mail is about, at the time of writing. */
export type Occasion = {
  organization: { id: string; name: string; url: string };
  reader: Person;
  /** The reader's role there; null: they are no member, or suspended. */
  role: Role | null;
};

/**
 * Mails a person about an organization. It sends nothing if the organization or the account is deleted, if no address of the
 * person is proven (it could be someone else's), if the address has had its mails of the day, or if the mail server refuses
 * it for good.
 *
 * @param mail.to the user's id
 * @param mail.limit the daily limit that the mail counts towards
 * @param write runs inside the organization's scope; null: the mail is out of date
 * @throws MailError
 */
export async function mailAbout(
  {
    database,
    mailer,
    baseUrl,
    logger,
  }: Pick<JobContext, "database" | "mailer" | "baseUrl" | "logger">,
  {
    id,
    organizationId,
    to,
    limit = notifications,
  }: { id: string; organizationId: string; to: string; limit?: Limit },
  write: (tx: Transaction, occasion: Occasion) => MailContent | null | Promise<MailContent | null>,
): Promise<void> {
  const mail = await database.forOrganization(organizationId, async (tx) => {
    const reader = await readPerson(tx, to);
    const address = reader?.provenEmails[0];
    const found = await tx.organization.findFirst({
      where: { id: organizationId, deletedAt: null },
      select: { name: true, slug: true },
    });
    if (!reader || address === undefined || !found) return null;
    if (!(await hasRoom(tx, limit, address))) {
      logger.warn({ jobId: id, limit: limit.name }, "a mail was not sent");
      return null;
    }
    const organization = {
      id: organizationId,
      name: nameInMail(found.name),
      url: baseUrl + organizationPath(found.slug),
    };
    const role = await readActiveRole(tx, { organizationId, userId: to });
    const content = await write(tx, { organization, reader, role });
    return content && { to: address, id, content: { organization: organization.name, ...content } };
  });
  // Not in the transaction: a mail server may be slow.
  if (!mail || !(await sendOrGiveUp({ mailer, logger }, mail))) return;
  // Counts only sent mails, so a mail that is tried again counts once.
  await database.forOrganization(organizationId, (tx) =>
    countUses(tx, limit, [{ subject: mail.to }]),
  );
}

/** A person's role in an organization; null if they are suspended or no member. */
export async function readActiveRole(
  tx: Transaction,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<Role | null> {
  const membership = await tx.membership.findFirst({
    where: { organizationId, userId, suspendedAt: null },
    select: { role: true },
  });
  return membership?.role ?? null;
}
