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
      // Whatever the shell has.
      env: { NODE_ENV: "test" },
      // The default leaves a core free, which on two halves the speed. Two more than there are: tests also wait.
      maxWorkers: availableParallelism() + 2,
      // Files share what they import (half of the time went to importing it again), and nothing else: each has a
      // database and an application of its own.
      isolate: false,
      // For what hangs. No test is about being fast, and machines are busy.
      testTimeout: isSlowRun ? 1_200_000 : 300_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 20_000 } },
    },
  };
});
