import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    exclude: ["test/e2e/**"],
    globalSetup: "test/support/global-setup.ts",
    setupFiles: "test/support/fail-on-console-error.ts",
    // The default leaves a core free, which on two halves the speed.
    maxWorkers: "100%",
    // Files share what they import (half of the time went to importing it again), and nothing else: each has a
    // database and an application of its own.
    isolate: false,
    // For what hangs. No test is about being fast, and machines are busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
