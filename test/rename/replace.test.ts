import { describe, expect, it } from "vitest";

import { type Names, spell } from "../../dev/rename/names.ts";
import { replaceInPath, replaceName } from "../../dev/rename/replace.ts";

const one = spell("Walrus", "walrus");
const two = spell("Acme Cloud", "acme-cloud");
const company = spell("Birch & Sons", "birch-and-sons");
const author = spell("O'Reilly", "oreilly");
const digits = spell("37 Signals", "37-signals");

/** A line of each kind of file, with a name in it as the file has to spell it. */
const lines: [path: string, write: (names: Names) => string][] = [
  ["a.md", ({ text }) => `# ${text}: what ${text}’s roles may do`],
  ["a.md", ({ kebab }) => `docker run ${kebab} node dist/main.js`],
  [
    "a.md",
    ({ kebab }) => `| TXT | \`_${kebab}.<domain>\` | \`${kebab}-verification=<challenge>\` |`,
  ],
  ["a.md", ({ snake }) => `\`GRANT ${snake}_app TO ${snake};\``],
  ["a.md", ({ snake }) => `| \`${snake}_jobs\` | \`kind\` |`],
  ["a.md", ({ snake }) => `\`\`\`sql\nselect '${snake}';\n\`\`\``],
  ["a.sql", ({ snake }) => `CREATE ROLE ${snake}_app NOLOGIN; ALTER DATABASE ${snake} OWNER TO x;`],
  ["a.yml", ({ kebab }) => `name: ${kebab}`],
  ["a.yml", ({ snake }) => `POSTGRES_DB: ${snake}`],
  ["a.yml", ({ snake }) => `test: ["pg_isready", "-d", "${snake}"]`],
  ["a.yml", ({ snake }) => `URL: postgres://u:\${PASSWORD:-x}@postgres:5432/${snake}`],
  ["a.yml", ({ text }) => `name: '${text.replaceAll("'", "''")}'`],
  [".env.example", ({ text }) => `# MAIL_FROM="${text} <mail@example.com>"`],
  [".env.example", ({ snake }) => `# DATABASE_URL=postgres://${snake}:example@localhost/${snake}`],
  ["package.json", ({ kebab }) => `{ "name": "${kebab}" }`],
  ["a.svg", ({ text }) => `<title>${text.replaceAll("&", "&amp;")}</title>`],
  ["a.ts", ({ text }) => `say("${text} is ready");`],
  ["a.ts", ({ text }) => `say('"${text.replaceAll("'", "\\'")}" is ready');`],
  ["a.tsx", ({ text }) => `const title = <p title="${text}">{a} at ${text}</p>;`],
  ["a.ts", ({ pascal }) => `type ${pascal}Error = never; function use${pascal}() {}`],
  ["a.ts", ({ camel }) => `const ${camel}Client = 1;`],
  ["a.ts", ({ screaming }) => `process.env["MY_${screaming}_KEY"];`],
  [
    "src/runtime/product.ts",
    ({ text, kebab }) => `productName = "${text}"; productSlug = "${kebab}"`,
  ],
];

describe("replaceName()", () => {
  it.each(lines)("spells the name as it has to be in %s: %s", (path, write) => {
    for (const from of [one, two, company, author, digits]) {
      for (const to of [one, two, company, author, digits]) {
        // A word that begins with a digit is no name of a variable.
        const written = write(from);
        if ([from, to].includes(digits) && /[a-z]Client|type /.test(written)) continue;
        expect(replaceName(path, written, from, to), from.text).toBe(write(to));
      }
    }
  });

  it.each([
    "walruses, walrusy and Walruses stay",
    "the fat unwalrus",
    'npm run rename -- "Walrus"',
    "tenant and tenancy",
  ])("leaves alone: %s", (text) => {
    expect(replaceName("a.md", text, one, two)).toBe(text);
  });

  it("keeps apart a name and one that it is a part of", () => {
    const longer = spell("Walrus Pro", "walrus-pro");
    const there = replaceName("a.md", "Walrus, walrus, walrus_app", one, longer);
    expect(there).toBe("Walrus Pro, walrus-pro, walrus_pro_app");
    expect(replaceName("a.md", there, longer, one)).toBe("Walrus, walrus, walrus_app");
  });

  it("changes the project's own name in package-lock.json, and no package's", () => {
    const write = (own: string) =>
      `{\n  "name": "${own}",\n  "packages": {\n    "": {\n      "name": "${own}"\n    },\n    "node_modules/x": {\n${"\n".repeat(9)}      "name": "walrus",\n      "integrity": "sha512-walrus"\n`;
    expect(replaceName("package-lock.json", write("walrus"), one, two)).toBe(write("acme-cloud"));
  });

  it("gives the word beside the mark the room that it takes", () => {
    const write = (width: number, name: string) =>
      `<svg viewBox="0 0 ${width} 40"><text>${name}</text></svg>`;
    const wide = replaceName("public/logo.svg", write(138, "Walrus"), one, company);
    expect(wide).toBe(write(230, "Birch &amp; Sons"));
    expect(replaceName("public/logo.svg", wide, company, one)).toBe(write(138, "Walrus"));
  });
});

describe("replaceInPath()", () => {
  it("renames files, too", () => {
    expect(replaceInPath("docs/images/walrus.png", one, two)).toBe("docs/images/acme-cloud.png");
  });
});
