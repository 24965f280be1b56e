import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

const all = "test/**/*.test.{ts,tsx}";
const slow = "test/**/*.slow.test.{ts,tsx}";
/** They test `npm run dev` and the stand-ins, not the application. */
const tools = "test/{laptop,logto-stand-in}/**/*.test.ts";
const browser = "test/e2e/**";

/** The files whose races have more runs in `npm run test:slow`. */
const findRaces = () =>
  globSync(all).filter((path) => readFileSync(path, "utf8").includes("/support/endurance.ts"));

/** `npm test`, and with `--mode slow` `npm run test:slow`. docs/development.md, "Tests" */
export default defineConfig(({ mode }) => {
  const isSlowRun = mode === "slow";
  return {
    test: {
      include: isSlowRun ? [slow, tools, ...findRaces()] : [all],
      exclude: isSlowRun ? [browser] : [browser, slow, tools],
      globalSetup: "test/support/run-setup.ts",
      setupFiles: "test/support/fail-on-console-error.ts",
      provide: { isSlowRun },
      // It overrides that of the shell.
      env: { NODE_ENV: "test" },
      // The default leaves a core free, which halves the speed of a machine with two. Tests also wait, so two more help.
      maxWorkers: availableParallelism() + 2,
      // Files share their imports (half of the time went to importing them again), and nothing else: each file has a
      // database and an application of its own.
      isolate: false,
      // The timeout is for tests that hang. No test is about speed, and machines are busy.
      testTimeout: isSlowRun ? 1_200_000 : 300_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 20_000 } },
    },
  };
});
