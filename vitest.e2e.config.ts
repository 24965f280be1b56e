import { defineConfig } from "vitest/config";

const generator = "test/e2e/new-resource.test.ts";

/** The journeys of people in a real browser: `npm run test:e2e`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "browser",
          include: ["test/e2e/**/*.test.ts"],
          exclude: [generator],
          globalSetup: ["test/e2e/support/global-setup.ts", "test/support/global-setup.ts"],
          setupFiles: "test/support/fail-on-console-error.ts",
          maxWorkers: 2,
          isolate: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: "generator",
          include: [generator],
          maxWorkers: 1,
          // Runs `npm run check` of its own, which takes every core: after the browsers, not beside them.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
