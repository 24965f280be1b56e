import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { listMigrations, readSchema } from "../src/database/migrations.ts";
import { nameMigration } from "./new-migration/name.ts";
import { Refusal } from "./new-migration/refusal.ts";
import { writeScript } from "./new-migration/script.ts";
import { runPrisma } from "./prisma/generate-client.ts";
import { removePostgres, startPostgres } from "./postgres/postgres.ts";
import { say, sayFault, sayNote, sayStep } from "./system/terminal.ts";

/** `npm run new:migration -- add-color`: docs/database.md. */
async function main([name, ...others]: string[]): Promise<void> {
  if (name === undefined || others.length > 0) {
    throw new Refusal("Say one name: npm run new:migration -- add-color");
  }
  const folder = nameMigration(name, await listMigrations(), new Date());
  const script = await compare();
  if (script === null) {
    sayNote(
      "The migrations make what prisma/schema.prisma and src/database/functions/ say already. Nothing was written.",
    );
    return;
  }
  const path = join("prisma/migrations", folder, "migration.sql");
  await mkdir(join("prisma/migrations", folder));
  await writeFile(path, script);
  sayStep(`made ${path}`);
  await runPrisma("format");
  for (const [, warning = ""] of script.matchAll(/^ {2}- (.+)$/gm)) sayNote(warning);
  say("  Read it. `npm run dev` applies it at once, `npm run db:migrate` elsewhere.");
}

/** Compares on a PostgreSQL of its own: nothing has to run, and no database is at risk. */
async function compare(): Promise<string | null> {
  const directory = await mkdtemp(join(tmpdir(), "migration-"));
  const postgres = await startPostgres({ directory, port: 0, durable: false });
  try {
    return await writeScript(await postgres.createDatabase("replay"), await readSchema());
  } finally {
    await postgres.stop();
    await removePostgres(directory);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  sayFault(`${error.message}\nNothing was written.`);
  process.exitCode = 1;
}
// The engine leaves a timer of ten seconds behind.
process.exit();
