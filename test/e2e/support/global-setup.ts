import { requireChromium } from "./chromium.ts";
import { forgetFailures } from "./screenshots.ts";

/** Once for the whole run, before anything else is started. */
export default async function setUp(): Promise<void> {
  await requireChromium();
  await forgetFailures();
}
