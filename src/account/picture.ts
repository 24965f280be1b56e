import { pictureFolder } from "../access/picture-path.ts";
import type { TenantDatabase } from "../database/database.ts";
import { createPicturePath } from "../pictures/picture-path.ts";
import type { AccountsAtProvider } from "./at-provider.ts";

/** The database that keeps the pictures of people, and the identity provider that learns their addresses. */
export type Pictures = {
  database: TenantDatabase;
  /** Null: the application may not change accounts at the identity provider. */
  accounts: AccountsAtProvider | null;
  baseUrl: string;
};

/**
 * Keeps a picture that a person uploaded. Here it counts more than the one at the identity provider.
 *
 * @returns whether the provider has its address, too, if it should
 */
export async function savePicture(
  pictures: Pictures,
  userId: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { path, tokenHash } = createPicturePath();
  await pictures.database.forUser(userId, async (tx) => {
    // Two uploads at the same time wait for each other here.
    const { count } = await tx.user.updateMany({
      where: { id: userId, deletedAt: null },
      data: { avatarUrl: path },
    });
    if (count === 0) return;
    const picture = { tokenHash, content };
    await tx.userPicture.upsert({
      where: { userId },
      create: { userId, ...picture },
      update: picture,
      select: { userId: true },
    });
  });
  // On a laptop, no other browser could load it.
  const isPublic = pictures.baseUrl.startsWith("https:");
  return !isPublic || tellProvider(pictures, userId, pictures.baseUrl + path);
}

/**
 * Removes the picture that a person uploaded; the one that the identity provider has takes its place, unless that is the same.
 *
 * @returns whether the provider has no address of it any more
 */
export async function removePicture(pictures: Pictures, userId: string): Promise<boolean> {
  const { database, accounts, baseUrl } = pictures;
  await dropPicture(database, userId, null);
  if (!accounts) return true;
  if (!(await accounts.pull(userId))) return false;
  const user = await database.forUser(userId, (tx) =>
    tx.user.findUnique({ where: { id: userId }, select: { avatarUrl: true } }),
  );
  const isStillThere = user?.avatarUrl?.startsWith(baseUrl + pictureFolder) ?? false;
  return !isStillThere || tellProvider(pictures, userId, null);
}

/** Removes the picture that a person uploaded, and shows the one at an address instead, if any. */
export async function dropPicture(
  database: TenantDatabase,
  userId: string,
  address: string | null,
): Promise<void> {
  await database.forUser(userId, async (tx) => {
    await tx.user.updateMany({
      where: { id: userId, avatarUrl: { startsWith: pictureFolder } },
      data: { avatarUrl: address },
    });
    await tx.userPicture.deleteMany({ where: { userId } });
  });
}

/** Gives the provider the address, for the other applications that the person uses. */
async function tellProvider(
  { accounts }: Pictures,
  userId: string,
  picture: string | null,
): Promise<boolean> {
  if (!accounts) return true;
  const { issues, isMirrored } = await accounts.change(userId, { picture });
  return isMirrored && issues.length === 0;
}
