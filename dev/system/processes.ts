import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Reads the command line of a process; empty when there is none, or when it has ended and is a zombie. A process id alone
 * proves nothing: the system reuses them, soonest in containers.
 */
export function readCommand(pid: number): string {
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    }
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)]).toString();
  } catch {
    return "";
  }
}
