import { styleText } from "node:util";
import { productName } from "../../src/runtime/product.ts";
import type { DemoPerson } from "../logto/people/demo-person.ts";
import { say } from "../system/terminal.ts";

/** Prints what the developer needs: the addresses, the people to sign in as, and how to stop. */
export function saySummary(summary: {
  url: string;
  time: string;
  people: DemoPerson[];
  places: Record<string, string | undefined>;
}): void {
  say();
  say(
    `  ${styleText("bold", `${productName} is ready:`)} ${styleText("cyan", summary.url)}  ${summary.time}`,
  );
  if (summary.people.length > 0) {
    say();
    say("  People to sign in as");
    const rows = summary.people.map(({ identifier, password, name, note }) => [
      identifier,
      password,
      `${name}: ${note}`,
    ]);
    for (const line of alignColumns(rows)) say(`    ${line}`);
  }
  say();
  const places = Object.entries(summary.places).filter(([, place]) => place !== undefined);
  for (const line of alignColumns(places.map(([name, place = ""]) => [name, place]))) {
    say(`  ${line}`);
  }
  say();
}

function alignColumns(rows: string[][]): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widthOf(column) + 2)))
      .join(""),
  );
}
