import { execFile } from "node:child_process";
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** The places that the guide names, in its order. */
const steps = ["model", "migration", "schema", "form", "fields", "samples"] as const;

type Step = (typeof steps)[number];

/** The place for the lines of each step. */
const places: Record<
  Exclude<Step, "migration">,
  { path: string; find: RegExp; imports?: string }
> = {
  model: { path: "prisma/schema.prisma", find: /(?<=model Errand \{[^}]*)(?=\n {2}isArchived)/ },
  schema: {
    path: "src/errands/schema.ts",
    find: /(?<=dueDate: orEmpty\(dateField\),)/,
    imports: `import { checkboxField, linkField, textField, wholeNumberField } from "../http/form-fields.ts";`,
  },
  form: {
    path: "src/errands/form-view.tsx",
    find: /(?<= {2}dueDate: \(input\) => [^\n]*)(?=\n)/,
    imports: `import { CheckboxField, TextAreaField } from "../views/form.tsx";`,
  },
  fields: {
    path: "src/errands/fields-view.tsx",
    find: /(?<=\n {2}dueDate: \{.*?\n {2}\},)(?=\n\};)/s,
  },
  samples: { path: "test/errands/world.ts", find: /(?<=\n {2}dueDate: \{.*?\n {2}\},)(?=\n\};)/s },
};

/** Applies the steps of the guide, word for word, to the generated resource "errands". */
export async function addColumns(root: string, wanted: readonly Step[]): Promise<void> {
  const guide = await readFile(join(root, "docs/adding-a-resource.md"), "utf8");
  const blocks = [...guide.matchAll(/^ {3}```text\n(.*?)^ {3}```/gms)].map(
    ([, block = ""]) => block,
  );
  for (const step of wanted) {
    const lines = (blocks[steps.indexOf(step)] ?? "").replaceAll('"tasks"', '"errands"');
    if (step === "migration") {
      for await (const path of glob("prisma/migrations/*_errands/migration.sql", { cwd: root })) {
        await writeFile(join(root, path), `${await readFile(join(root, path), "utf8")}\n${lines}`);
      }
      continue;
    }
    const { path, find, imports = "" } = places[step];
    const text = await readFile(join(root, path), "utf8");
    if (!find.test(text)) throw new Error(`The guide's place is not found in ${path}.`);
    const changed = text.replace(find, () => `\n${lines.trimEnd()}`);
    await writeFile(join(root, path), imports === "" ? changed : `${imports}\n${changed}`);
    if (!path.endsWith(".prisma"))
      await promisify(execFile)("node_modules/.bin/oxfmt", [path], { cwd: root });
  }
}
