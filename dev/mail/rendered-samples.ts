import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Sample } from "./sample.ts";

export type RenderedSample = Omit<Sample, "content"> & {
  subject: string;
  text: string;
  html: string;
};

const program = fileURLToPath(new URL("./render-samples.ts", import.meta.url));

/**
 * Renders every sample in a process of its own, which reads the product's templates anew: a page that is loaded again shows what
 * was saved meanwhile.
 *
 * @throws {Error} with what is wrong with a template
 */
export async function renderSamples(): Promise<RenderedSample[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
  return JSON.parse(stdout);
}
