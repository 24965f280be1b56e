import { defineConfig } from "vitest/config";

/** The journeys of people in a real browser: `npm run test:e2e`. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["test/e2e/support/global-setup.ts", "test/support/global-setup.ts"],
    setupFiles: "test/support/fail-on-console-error.ts",
    maxWorkers: 2,
    testTimeout: 40_000,
    hookTimeout: 40_000,
  },
});
