import { checkDatabase, UnfitDatabaseError } from "../../src/database/boot-check.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";

/** Opens a single connection, without a log. */
export const openSingle = (url: string): Database =>
  openDatabase({ url, poolSize: 1, logger: { warn: () => undefined }, slowness: 10 });

/** Finds why the application would refuse to start on a database; undefined when it would start. */
export async function findFault(url: string): Promise<string | undefined> {
  const database = openSingle(url);
  try {
    await checkDatabase(database.unscoped);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnfitDatabaseError)) throw error;
    return error.message;
  } finally {
    await database.close();
  }
}
