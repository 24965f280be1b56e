import type { TestProject } from "vitest/node";

import setUpBuild from "./build.ts";
import setUpPostgres from "./global-setup.ts";

/** Sets up the build and PostgreSQL for `npm test`, at the same time. */
export default async function setUp(project: TestProject): Promise<() => Promise<unknown>> {
  const endings = await Promise.all([setUpBuild(project), setUpPostgres(project)]);
  return () => Promise.all(endings.map((end) => end()));
}
