import { execFileSync, spawnSync } from "node:child_process";

/** The operating-system account that PostgreSQL runs as; empty: the account of this process. */
export type Account = { uid: number; gid: number } | Record<string, never>;

/**
 * PostgreSQL refuses to run as root, so root hands it to an unprivileged account: `postgres`, made when the machine
 * has none, else `nobody` (a machine whose /etc is read-only). It must have a name: initdb looks its own one up.
 */
export function findAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const account = lookUp("postgres") ?? createPostgresAccount() ?? lookUp("nobody");
  if (!account)
    throw new Error("PostgreSQL cannot run as root, and there is no account to run it as.");
  return account;
}

/** Tells whether that account may execute the file, or pass through the folder. */
export function canReach(path: string, account: Account): boolean {
  return spawnSync("test", ["-x", path], { ...account, cwd: "/", stdio: "ignore" }).status === 0;
}

function lookUp(name: string): Account | undefined {
  const ask = (flag: string) =>
    Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }).toString());
  try {
    return { uid: ask("-u"), gid: ask("-g") };
  } catch {
    return undefined;
  }
}

function createPostgresAccount(): Account | undefined {
  const flags = ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false"];
  spawnSync("useradd", [...flags, "postgres"], { stdio: "ignore" });
  return lookUp("postgres");
}
