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
  return !isPublic(pictures) || tellProvider(pictures, userId, pictures.baseUrl + path);
}

/** Removes the picture that a person uploaded. @returns whether the provider has no address of it any more */
export async function removePicture(pictures: Pictures, userId: string): Promise<boolean> {
  await dropPicture(pictures.database, userId, null);
  if (isPublic(pictures)) return tellProvider(pictures, userId, null);
  // The provider may have another one.
  return pictures.accounts?.pull(userId) ?? true;
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

/** Whether browsers everywhere can load our pictures: on a laptop, nobody else can. */
const isPublic = ({ baseUrl }: Pictures): boolean => baseUrl.startsWith("https:");

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
