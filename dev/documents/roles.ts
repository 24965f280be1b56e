import { hasPermission, permissions, roles } from "../../src/access/roles.ts";

/** Writes the text of docs/roles.md. */
export function describeRoles(): string {
  const header = ["permission", ...roles];
  const rows = permissions.map((permission) => [
    `\`${permission}\``,
    ...roles.map((role) => (hasPermission(role, permission) ? "yes" : "")),
  ]);
  return `# Roles

What each role may do in an organization. A role includes every permission of the weaker roles.

\`npm run docs\` writes this page from [src/access/roles.ts](../src/access/roles.ts); a test compares the two. The same file has two
further rules: nobody gives a role above their own, and only an owner changes, suspends or removes an owner.

${writeTable([header, ...rows])}
`;
}

/** Writes a table as oxfmt formats it. The first row has the titles. */
export function writeTable(rows: readonly string[][]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_title, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const write = (cells: string[], filler = " ") =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, filler)).join(" | ")} |`;
  const rule = write(
    header.map(() => ""),
    "-",
  );
  return [write(header), rule, ...body.map((cells) => write(cells))].join("\n");
}
