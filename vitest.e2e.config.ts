import { defineConfig } from "vitest/config";

/** The journeys of people in a real browser: `npm run test:e2e`. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["test/e2e/support/global-setup.ts", "test/support/global-setup.ts"],
    setupFiles: "test/support/fail-on-console-error.ts",
    // This holds in any shell.
    env: { NODE_ENV: "test" },
    maxWorkers: 2,
    isolate: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
