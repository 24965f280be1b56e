import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.ts";

export type Cluster = { data: string; password: string };

/** The developer's PGPORT, PGOPTIONS, language and the like do not reach this server. */
export const postgresEnvironment = { LC_ALL: "C", PATH: process.env["PATH"] ?? "" };

/**
 * Finds the data directory in `home`, or makes it. It is made under another name and renamed when complete, so a start
 * that was killed half-way leaves nothing that looks like one.
 */
export async function prepareCluster(
  home: string,
  binaries: string,
  account: Account,
): Promise<Cluster> {
  const data = join(home, "data");
  const passwordFile = join(home, "password");
  if (await isComplete(data)) return { data, password: await readFile(passwordFile, "utf8") };

  const leftovers = (await readdir(home)).filter((name) => name.startsWith("data"));
  await Promise.all(
    leftovers.map((name) => rm(join(home, name), { recursive: true, force: true, maxRetries: 5 })),
  );
  const password = randomBytes(18).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if ("uid" in account) await chown(passwordFile, account.uid, account.gid);

  const unfinished = join(home, `data.${process.pid}`);
  await run(join(binaries, "initdb"), account, [
    `--pgdata=${unfinished}`,
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Collation without the machine's locales or ICU: the same order everywhere.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    // Waiting for the disk takes longer than all the rest, and a new data directory can be made again after a crash.
    "--no-sync",
  ]);
  await rename(unfinished, data);
  return { data, password };
}

/** @throws {Error} when the data was made by another major version than the 18 that is installed */
async function isComplete(data: string): Promise<boolean> {
  const version = (await readFile(join(data, "PG_VERSION"), "utf8").catch(() => "")).trim();
  if (version !== "" && version !== "18") {
    throw new Error(
      `${data} was made by PostgreSQL ${version}, and 18 is installed: save what you need, then remove it.`,
    );
  }
  return version !== "" && (await readdir(join(data, "global"))).includes("pg_control");
}

async function run(command: string, account: Account, parameters: string[]): Promise<void> {
  const child = spawn(command, parameters, {
    ...account,
    cwd: "/",
    env: postgresEnvironment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`${command} failed:\n${output.trim()}`);
}
