import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimFolder } from "../../dev/system/running.ts";
import { readState, writeState } from "../../dev/system/state.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "state-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("readState()", () => {
  it("makes unique secrets", async () => {
    const [one, other] = [await readState(directory), await readState(directory)];
    expect(one.secrets.SESSION_SECRET).toMatch(/^[\w-]{43}$/);
    const all = [...Object.values(one.secrets), ...Object.values(other.secrets)];
    expect(new Set(all).size).toBe(all.length);
  });

  it("returns the written state, from a file that only this account can read", async () => {
    const state = await readState(directory);
    state.ports["app"] = 3004;
    await writeState(directory, state);
    expect(await readState(directory)).toEqual(state);
    expect((await stat(join(directory, "state.json"))).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(["state.json"]);
  });

  it("adds a secret that an older version did not have", async () => {
    const kept = { SESSION_SECRET: "kept" };
    await writeFile(join(directory, "state.json"), JSON.stringify({ ports: {}, secrets: kept }));
    const { secrets } = await readState(directory);
    expect(secrets.SESSION_SECRET).toBe("kept");
    expect(secrets.LOGTO_APP_SECRET).toMatch(/^[\w-]{43}$/);
  });

  it.each(["{", '{"ports":{"app":"x"},"secrets":{}}'])("says what to do about %s", async (text) => {
    await writeFile(join(directory, "state.json"), text);
    await expect(readState(directory)).rejects.toThrow(/damaged.*--reset/);
  });
});

describe("claimFolder()", () => {
  it("marks the folder until it is released", async () => {
    const claim = await claimFolder(directory);
    expect(claim.isAfterCrash).toBe(false);
    await claim.announce({ url: "http://localhost:3000" });
    await claim.announce({ url: "http://localhost:3000", databaseUrl: "postgresql://x" });
    expect(JSON.parse(await readFile(join(directory, "running.json"), "utf8"))).toEqual({
      pid: process.pid,
      url: "http://localhost:3000",
      databaseUrl: "postgresql://x",
    });
    expect((await stat(join(directory, "running.json"))).mode & 0o777).toBe(0o600);
    await claim.release();
    expect((await claimFolder(directory)).isAfterCrash).toBe(false);
  });

  it("notices that the last run was killed, also when another process has its id now", async () => {
    for (const left of [
      JSON.stringify({ pid: 2 ** 22 + 1 }),
      JSON.stringify({ pid: process.ppid }),
      "{",
    ]) {
      await writeFile(join(directory, "running.json"), left);
      const claim = await claimFolder(directory);
      expect(claim.isAfterCrash).toBe(true);
      await claim.release();
    }
  });

  it("refuses while another run is alive, and says where", async () => {
    // A run is recognized by its command line.
    const other = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1e6)", "dev/main.ts"]);
    try {
      await new Promise((resolve) => other.once("spawn", resolve));
      const left = { pid: other.pid, url: "http://localhost:3000" };
      await writeFile(join(directory, "running.json"), JSON.stringify(left));
      await expect(claimFolder(directory)).rejects.toThrow(
        `already runs in this folder (process ${other.pid}, http://localhost:3000)`,
      );
      expect(JSON.parse(await readFile(join(directory, "running.json"), "utf8"))).toEqual(left);
    } finally {
      other.kill("SIGKILL");
    }
  });
});
