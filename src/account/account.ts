import type { Transaction } from "../database/database.ts";

/** Reads what is kept about a user, with the social accounts linked to them. */
export function readAccount(tx: Transaction, userId: string) {
  return tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: {
      name: true,
      username: true,
      email: true,
      emailVerified: true,
      avatarUrl: true,
      createdAt: true,
      identities: {
        select: { provider: true, handle: true, name: true },
        orderBy: { provider: "asc" },
      },
    },
  });
}
