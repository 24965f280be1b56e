import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    exclude: ["test/e2e/**"],
    globalSetup: "test/support/global-setup.ts",
    setupFiles: "test/support/fail-on-console-error.ts",
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
