import { existsSync } from "node:fs";
import { join } from "node:path";

import { defineConfig } from "prisma/config";

import { readEnvFile } from "./src/runtime/environment.ts";

// Prisma's CLI reads this before anything else, whatever it is called for: docs/database.md.

const folder = import.meta.dirname;
const engine = join(folder, "dev/prisma/engine.ts");
// The image is built without dev/. It needs no more than `prisma generate`.
const isComplete = existsSync(engine);

readEnvFile(join(folder, ".env"));
// The CLI downloads an engine unless it is shown a file. `generate` never starts it, so any file will do there.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ||= isComplete ? engine : process.execPath;
process.env["CHECKPOINT_DISABLE"] ||= "1";
process.env["PRISMA_HIDE_UPDATE_MESSAGE"] ||= "1";

const needsDatabase = ["migrate", "db", "studio"].includes(process.argv[2] ?? "");

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "npm run seed" },
  datasource: { url: isComplete && needsDatabase ? await findUrl() : "" },
});

async function findUrl(): Promise<string> {
  const { findDatabaseUrl, noDatabase, requireAddress } =
    await import("./dev/prisma/database-url.ts");
  const { MIGRATION_DATABASE_URL } = process.env;
  if (MIGRATION_DATABASE_URL !== undefined) {
    requireAddress("MIGRATION_DATABASE_URL", MIGRATION_DATABASE_URL);
    return MIGRATION_DATABASE_URL;
  }
  const url = await findDatabaseUrl(folder, process.env);
  if (url === undefined) process.stderr.write(`${noDatabase}\n`);
  return url ?? "";
}
