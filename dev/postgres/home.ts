import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf } from "../system/faults.ts";
import { canReach, type Account } from "./account.ts";
import { claimRefuge, refuge } from "./binaries.ts";

/**
 * Makes the folder in which one PostgreSQL keeps its data. Root's own folders are often closed to others (/root is),
 * and PostgreSQL runs as another account then: in that case it is a folder under /var/tmp, always the same one. Whether
 * the folder itself is closed does not matter: it is given to that account.
 *
 * @returns the folder, owned by that account and closed to all others
 */
export async function settleHome(directory: string, account: Account): Promise<string> {
  const isWithinReach = canReach(findNearestFolder(dirname(resolve(directory))), account);
  const home = isWithinReach ? resolve(directory) : refugeOf(directory);
  if (!isWithinReach) await claimRefuge();
  try {
    await mkdir(home, { recursive: true });
    if ("uid" in account) await chown(home, account.uid, account.gid);
    await chmod(home, 0o700);
  } catch (fault) {
    if (codeOf(fault) !== "EPERM" && codeOf(fault) !== "EACCES") throw fault;
    throw new Error(
      `${home} belongs to another account. Was it made by root? Start as that account, or remove the folder.`,
      { cause: fault },
    );
  }
  return home;
}

/** Lists the folders in which `settleHome` may have put the data, at this start or an earlier one. */
export function listHomes(directory: string): string[] {
  return [resolve(directory), refugeOf(directory)].filter((folder) => existsSync(folder));
}

function refugeOf(directory: string): string {
  const name = createHash("sha256").update(resolve(directory)).digest("hex").slice(0, 16);
  return join(refuge, name);
}

function findNearestFolder(directory: string): string {
  let folder = resolve(directory);
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}
