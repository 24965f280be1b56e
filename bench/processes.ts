import { readdirSync, readFileSync } from "node:fs";

/** Only Linux has the files that this module reads. */
export const isReadable = process.platform === "linux";

/** Linux counts in hundredths of a second for programs, whatever its kernel counts in: time(7), USER_HZ. */
const tickUs = 10_000;

type Stat = { pid: number; parent: number; us: number };

function readStat(pid: number): Stat[] {
  const text = read(`/proc/${pid}/stat`);
  if (text === "") return [];
  // proc(5): after the command in brackets come state, parent, …, and from the 14th place on utime, stime, cutime, cstime.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return [{ pid, parent: Number(fields[1]), us: ticks * tickUs }];
}

/** A process that has ended has no files. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listFamily(root: number): Stat[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const stats = all.flatMap((name) => readStat(Number(name)));
  const family = stats.filter(({ pid }) => pid === root);
  for (const { pid } of family) family.push(...stats.filter(({ parent }) => parent === pid));
  return family;
}

/** Microseconds of processor time that a process and its descendants have used; NaN where that cannot be read. */
export function readProcessorTime(root: number): number {
  if (!isReadable) return Number.NaN;
  return listFamily(root).reduce((sum, { us }) => sum + us, 0);
}

/** The memory of a process, in MiB; NaN where that cannot be read. */
export function readMemory(pid: number): number {
  if (!isReadable) return Number.NaN;
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1024;
}
