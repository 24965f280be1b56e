import { z } from "zod";

import type { AccountsAtProvider } from "../../account/at-provider.ts";
import type { Issue } from "../../http/errors.ts";
import { LogtoError } from "../client/logto-error.ts";
import { changeUser } from "../client/users.ts";
import type { SyncContext } from "./context.ts";
import { pullUser } from "./pull-user.ts";
import { unlinkDisputed } from "./unlink-disputed.ts";

const connectorAnswer = z.object({ id: z.string().min(1), target: z.string() });

const notAnswering = "Our identity provider is not responding. Please try again in a minute.";
const unknown: Issue = { field: "", message: "Our identity provider does not know your account." };
const refused = "Our identity provider does not accept this. Please enter something else.";

/** Reads and changes the accounts of our users at Logto, each for the person who asks. */
export function openAccounts(context: SyncContext): AccountsAtProvider {
  const { logto, logger } = context;
  const { unscoped } = context.database;

  async function findSubject(userId: string): Promise<string | null> {
    const user = await unscoped.user.findFirst({
      where: { id: userId, issuer: logto.issuer, isMachine: false, deletedAt: null },
      select: { subject: true },
    });
    return user?.subject ?? null;
  }

  async function pull(userId: string): Promise<boolean> {
    const subject = await findSubject(userId);
    try {
      // As after a webhook, which comes later and finds nothing left to do.
      if (subject !== null && (await pullUser(context, subject)) !== null) {
        await unlinkDisputed(unscoped, userId);
      }
      return true;
    } catch (error) {
      if (!(error instanceof LogtoError)) throw error;
      logger.warn({ part: "logto", userId, err: error }, "an account could not be read");
      return false;
    }
  }

  return {
    pull,
    async change(userId, { name, picture }) {
      const subject = await findSubject(userId);
      if (subject === null) return { issues: [unknown], isMirrored: true };
      const issues: Issue[] = [];
      // One at a time, since Logto's code does not say which of two it refuses.
      if (name !== undefined) {
        issues.push(...(await refusalOf("name", changeUser(logto, subject, { name }))));
      }
      if (picture !== undefined) {
        issues.push(
          ...(await refusalOf("picture", changeUser(logto, subject, { avatar: picture }))),
        );
      }
      return { issues, isMirrored: await pull(userId) };
    },
    async findConnector(target) {
      try {
        const connectors = await logto.read(z.array(connectorAnswer), (client) =>
          client.GET("/api/connectors"),
        );
        return connectors.find((connector) => connector.target === target)?.id ?? null;
      } catch (error) {
        if (!(error instanceof LogtoError)) throw error;
        logger.warn({ part: "logto", err: error }, "the connectors could not be read");
        return null;
      }
    },
  };
}

/** @returns the fault of the field, if Logto refuses its change or does not answer */
async function refusalOf(field: string, change: Promise<void>): Promise<Issue[]> {
  try {
    await change;
    return [];
  } catch (error) {
    if (!(error instanceof LogtoError)) throw error;
    if (error.kind === "unavailable") return [{ field, message: notAnswering }];
    if (error.kind === "refused") return [{ field, message: refused }];
    throw error;
  }
}
