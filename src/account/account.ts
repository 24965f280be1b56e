import { z } from "zod";

import { singleSignOn } from "../identity/profile.ts";
import type { Transaction } from "../database/database.ts";

const accounts = z.array(singleSignOn).catch([]);

export type Account = Awaited<ReturnType<typeof readAccount>>;

/** Reads a user for their own page, with the accounts elsewhere that sign them in. */
export async function readAccount(tx: Transaction, userId: string) {
  const user = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: {
      name: true,
      username: true,
      email: true,
      emailVerified: true,
      avatarUrl: true,
      timeZone: true,
      createdAt: true,
      singleSignOn: true,
      identities: {
        select: { provider: true, handle: true, name: true, email: true, provenEmail: true },
        orderBy: { provider: "asc" },
      },
    },
  });
  const huggingFace = user.identities.find(({ provider }) => provider === "huggingface");
  return {
    ...user,
    /** Whether the address is that of the account itself. */
    hasOwnEmail: user.email !== null,
    // Where only Hugging Face knows their address, that one is shown.
    ...(user.email === null &&
      huggingFace?.email && {
        email: huggingFace.email,
        emailVerified: huggingFace.provenEmail !== null,
      }),
    singleSignOn: accounts.parse(user.singleSignOn),
  };
}

/** Reads the time zone in which a person reads times; null: UTC. */
export async function readTimeZone(tx: Transaction, userId: string): Promise<string | null> {
  const { timeZone } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { timeZone: true },
  });
  return timeZone;
}
