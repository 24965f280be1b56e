import type { Transaction } from "../database/database.ts";
import { readStanding, weighWay } from "./standing.ts";

/**
 * Whether somebody can only ask to be let in, whatever the rules say of others: they were removed, left, or were refused.
 * Call it inside the organization's scope.
 */
export async function mustAsk(
  tx: Transaction,
  key: { organizationId: string; userId: string },
): Promise<boolean> {
  return weighWay({ kind: "rule" }, await readStanding(tx, key)) === "asks";
}
