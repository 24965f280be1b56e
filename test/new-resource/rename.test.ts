import { describe, expect, it } from "vitest";

import {
  renamePath,
  renameSchema,
  renameSource,
  renameSql,
} from "../../dev/new-resource/rename.ts";
import { repeatLines } from "../../dev/new-resource/repeat-lines.ts";
import { readWords } from "../../dev/new-resource/words.ts";

const tickets = readWords("support-tickets");
const rename = (source: string) => renameSource("sample.tsx", source, tickets);

describe("renameSource()", () => {
  it.each([
    ["a variable", "const project = projects[0];", "const supportTicket = supportTickets[0];"],
    ["a function", "await listProjects(tx);", "await listSupportTickets(tx);"],
    ["a property", "tx.project.find(project.id);", "tx.supportTicket.find(supportTicket.id);"],
    ["a type", "type ProjectsPageProps = 1;", "type SupportTicketsPageProps = 1;"],
    [
      "a component",
      "<ProjectPage project={p}></ProjectPage>;",
      "<SupportTicketPage supportTicket={p}></SupportTicketPage>;",
    ],
    [
      "an import",
      `import "./projects/project.ts";`,
      `import "./support-tickets/support-ticket.ts";`,
    ],
    ["a permission", `may("project:read");`, `may("support-ticket:read");`],
    ["an action", `say("project.created");`, `say("support-ticket.created");`],
    ["a name as a whole", `go("projects");`, `go("support-tickets");`],
    [
      "an address",
      `"/o/:slug/projects/:projectId/name";`,
      `"/o/:slug/support-tickets/:supportTicketId/name";`,
    ],
    [
      "an address in a template",
      "`${base}/projects/${project.id}`;",
      "`${base}/support-tickets/${supportTicket.id}`;",
    ],
    [
      "a template in a template",
      "`a project ${x ? `/${project}` : project}`;",
      "`a support ticket ${x ? `/${supportTicket}` : supportTicket}`;",
    ],
    [
      "an address in a pattern",
      String.raw`/\/projects\/[^"]+/;`,
      String.raw`/\/support-tickets\/[^"]+/;`,
    ],
    [
      "a sentence",
      `"The project was created: a project.";`,
      `"The support ticket was created: a support ticket.";`,
    ],
    [
      "an expression of SQL",
      `"exists (select from projects)"; "(select id from projects)";`,
      `"exists (select from support_tickets)"; "(select id from support_tickets)";`,
    ],
    ["a label", `"Projects";`, `"Support tickets";`],
    [
      "text of a page",
      "<p>Don't lose your project, Project or projects.</p>;",
      "<p>Don't lose your support ticket, Support ticket or support tickets.</p>;",
    ],
    [
      "a comment",
      "// All projects of /o/:slug/projects",
      "// All support tickets of /o/:slug/support-tickets",
    ],
    [
      "SQL",
      "`select id from projects where a = 'project.%'`;",
      "`select id from support_tickets where a = 'support-ticket.%'`;",
    ],
    [
      "SQL in a string",
      `"delete from projects where id = $1";`,
      `"delete from support_tickets where id = $1";`,
    ],
    [
      "no longer word that contains it",
      "projection + injectProjections;",
      "projection + injectProjections;",
    ],
  ])("renames %s", (_what, source, expected) => {
    expect(rename(source)).toBe(expected);
  });

  it("fits the article", () => {
    const invoices = readWords("invoices");
    expect(renameSource("a.ts", "// A project, a project, the project", invoices)).toBe(
      "// An invoice, an invoice, the invoice",
    );
  });
});

describe("renamePath(), renameSql(), renameSchema()", () => {
  it("spell as files, tables and models do", () => {
    expect(renamePath("src/projects/project.ts", tickets)).toBe(
      "src/support-tickets/support-ticket.ts",
    );
    expect(renameSql('ALTER TABLE "projects" ADD "projects_pkey"', tickets)).toBe(
      'ALTER TABLE "support_tickets" ADD "support_tickets_pkey"',
    );
    expect(renameSchema('model Project {\n  @@map("projects")\n}', tickets)).toBe(
      'model SupportTicket {\n  @@map("support_tickets")\n}',
    );
  });
});

describe("repeatLines()", () => {
  const repeat = (text: string) => repeatLines(text, text.replaceAll("old", "new"));

  it("adds after each run of lines the same run renamed, and keeps the rest", () => {
    expect(repeat("a\nold 1\nold 2\nb\nold 3\nc\n")).toBe(
      "a\nold 1\nold 2\nnew 1\nnew 2\nb\nold 3\nnew 3\nc\n",
    );
  });

  it("repeats a block as a whole, with an empty line between two blocks at the margin", () => {
    expect(repeat("old {\n  a\n}\nb")).toBe("old {\n  a\n}\n\nnew {\n  a\n}\nb");
    expect(repeat("x(\n  old(\n    1,\n  ),\n)")).toBe(
      "x(\n  old(\n    1,\n  ),\n  new(\n    1,\n  ),\n)",
    );
  });

  it("changes nothing if nothing is renamed", () => {
    expect(repeat("a\nb\n")).toBe("a\nb\n");
  });
});
