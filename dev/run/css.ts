import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeFault } from "../system/faults.ts";

/**
 * Compiles src/views/app.css to public/app.css.
 *
 * @throws {Error} with what Tailwind says about it
 */
export async function buildCss(folder: string): Promise<void> {
  const command = join(folder, "node_modules", ".bin", "tailwindcss");
  const flags = ["--input", "src/views/app.css", "--output", "public/app.css"];
  try {
    await promisify(execFile)(process.execPath, [command, ...flags], { cwd: folder });
  } catch (fault) {
    throw new Error(`The style sheet was not built: ${readOutput(fault)}`, { cause: fault });
  }
}

function readOutput(fault: unknown): string {
  if (fault instanceof Error && "stderr" in fault && typeof fault.stderr === "string") {
    return fault.stderr.trim() || fault.message;
  }
  return describeFault(fault);
}
