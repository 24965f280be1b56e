import { hasPermission, permissions, roles } from "../../src/access/roles.ts";

/** The text of docs/roles.md. */
export function describeRoles(): string {
  const header = ["permission", ...roles];
  const rows = permissions.map((permission) => [
    `\`${permission}\``,
    ...roles.map((role) => (hasPermission(role, permission) ? "yes" : "")),
  ]);
  return `# Roles

What each role may do in an organization. A permission belongs to every role from the weakest that has it upwards.

This page is written by \`npm run docs\`, from [src/access/roles.ts](../src/memberships/roles.ts); a test holds the two together.
Who may do what to whom beyond that (nobody gives a role above their own, only an owner touches an owner) stands in
[src/tenancy/policy.ts](../src/memberships/policy.ts).

${writeTable([header, ...rows])}
`;
}

/** A table as oxfmt writes it, the titles of its columns first. */
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
