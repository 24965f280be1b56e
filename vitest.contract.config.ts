import { defineConfig } from "vitest/config";

const isStandIn = !process.env["CONTRACT_LOGTO_ENDPOINT"];

/** Whether a Logto does what the application relies on: `npm run test:contract`, docs/logto.md. */
export default defineConfig({
  test: {
    include: ["test/contract/**/*.test.ts"],
    // A database is only for the stand-in.
    globalSetup: isStandIn ? "test/support/global-setup.ts" : [],
    setupFiles: "test/support/fail-on-console-error.ts",
    reporters: ["verbose"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
