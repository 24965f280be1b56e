// Runs after `npm ci`: writes the Prisma client, so that editors and `npm run types` know it at once. Without the
// development packages (`--omit=dev`) there is no generator, and the build brings the client.
import { existsSync } from "node:fs";

if (existsSync("node_modules/prisma") && existsSync("node_modules/tsx")) {
  await import("tsx");
  const { generatePrismaClient } = await import("./prisma/generate-client.ts");
  await generatePrismaClient();
}
