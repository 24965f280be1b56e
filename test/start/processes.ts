import { execFileSync } from "node:child_process";

type ProcessRow = { pid: number; parent: number; started: string };

/** Every process of the machine. Linux has no `ps` for certain, and macOS no /proc. */
async function listProcesses(): Promise<ProcessRow[]> {
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-axo", "pid=,ppid=,lstart="]).toString().trim().split("\n");
    return lines.map((line) => {
      const [pid, parent, ...started] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), started: started.join(" ") };
    });
  }
  const { readdir, readFile } = await import("node:fs/promises");
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      // proc(5): after the command in brackets come state, parent, …, and at the 22nd place the time of its start.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const [state, parent] = fields;
      if (parent === undefined || state === "Z") return [];
      return [{ pid: Number(pid), parent: Number(parent), started: fields[19] ?? "" }];
    }),
  );
  return rows.flat();
}

/** A process and all that it has started, as far as their chain of parents holds. */
export async function listFamily(pid: number): Promise<ProcessRow[]> {
  const all = await listProcesses();
  const family = all.filter((row) => row.pid === pid);
  for (const member of family) family.push(...all.filter((row) => row.parent === member.pid));
  return family;
}

/** Those of them that still run; a process id that another process has by now does not count. */
export async function findSurvivors(family: readonly ProcessRow[]): Promise<number[]> {
  const all = await listProcesses();
  return family
    .filter(({ pid, started }) => all.some((row) => row.pid === pid && row.started === started))
    .map(({ pid }) => pid);
}
