import type { ApplicationProcess } from "./application-process.ts";
import { buildCss } from "./css.ts";
import { describeFault } from "../system/faults.ts";
import { applyNewMigrations, generateClient } from "./preparations.ts";
import { sayFault } from "../system/terminal.ts";
import { FolderWatch } from "./watch.ts";

/** Brings the style sheet, the Prisma client, the database and the application up to date when files are saved. */
export async function reloadOnChange(options: {
  folder: string;
  databaseUrl: string;
  application: ApplicationProcess;
}): Promise<FolderWatch> {
  const { folder, databaseUrl, application } = options;
  let turn = Promise.resolve();

  async function follow(paths: string[]): Promise<void> {
    const isAbout = (pattern: RegExp) => paths.some((path) => pattern.test(path));
    try {
      // The migrations first: no later save brings them back. The schema may be half written, and is saved again.
      if (isAbout(/^prisma\/migrations\/.*\.sql$/)) await applyNewMigrations(databaseUrl);
      if (isAbout(/^prisma\/.*\.prisma$/)) await generateClient();
      if (isAbout(/^prisma\/|^src\/.*(?<!\.css)$/)) await application.restart();
      if (isAbout(/^src\//)) await buildCss(folder);
    } catch (fault) {
      sayFault(describeFault(fault));
    }
  }

  async function followInTurn(before: Promise<void>, paths: string[]): Promise<void> {
    await before;
    await follow(paths);
  }

  const watch = new FolderWatch(
    folder,
    (paths) => {
      turn = followInTurn(turn, paths);
    },
    sayFault,
  );
  await Promise.all([watch.add("src"), watch.add("prisma")]);
  return watch;
}
