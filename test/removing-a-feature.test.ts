import { execFile } from "node:child_process";
import { cp, glob, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createTestDatabase, type TestDatabase } from "./support/database.ts";
import { read, readRows, root, unquote } from "./support/documents.ts";

/** A line outside of a feature's folder that names it. */
type Mention = { file: string; line: string; instead: string };

/** A place where the compiler complains. */
type Complaint = { file: string; line: string };

/** The section of a feature in the document. */
async function readSection(feature: string): Promise<string> {
  const [, section = ""] =
    new RegExp(`\n## ${feature}\n(.*?)(?=\n## |$)`, "s").exec(
      await read("docs/removing-a-feature.md"),
    ) ?? [];
  return section;
}

async function readMentions(feature: string): Promise<Mention[]> {
  const rows = readRows(await readSection(feature));
  return rows.map(([file, line, instead]) => ({
    file: unquote(file),
    line: unquote(line),
    instead: unquote(instead),
  }));
}

const isImport = ({ line }: { line: string }) => line.startsWith("import ");
const describePlace = ({ file, line }: Complaint) => `${file}: ${line}`;

/** A copy of what is deployed, to take apart. */
class Copy {
  readonly folder: string;
  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Copy> {
    const copy = new Copy(await mkdtemp(join(tmpdir(), "without-a-feature-")));
    for (const name of ["src", "package.json", "tsconfig.json", "tsconfig.build.json"]) {
      await cp(join(root, name), join(copy.folder, name), { recursive: true });
    }
    await symlink(join(root, "node_modules"), join(copy.folder, "node_modules"));
    return copy;
  }

  read = (file: string) => readFile(join(this.folder, file), "utf8");

  remove = (path: string) => rm(join(this.folder, path), { recursive: true });

  /** Changes lines as the document says. @throws where one does not stand there exactly once */
  async change(mentions: readonly Mention[]): Promise<void> {
    for (const { file, line, instead } of mentions) {
      const lines = (await this.read(file)).split("\n");
      const places = lines.flatMap((each, index) => (each.trim() === line ? index : []));
      const [place] = places;
      if (place === undefined || places.length > 1) {
        throw new Error(`${file} has this line ${places.length} times: ${line}`);
      }
      lines.splice(place, 1, ...(instead === "" ? [] : [instead]));
      await writeFile(join(this.folder, file), lines.join("\n"));
    }
  }

  /** The lines that the compiler complains about. */
  async compile(): Promise<string[]> {
    const output = await runCompiler(this.folder);
    const places = [...output.matchAll(/^(\S+?)\((\d+),\d+\): error/gm)];
    const complaints = await Promise.all(
      places.map(async ([, file = "", number]) => ({
        file,
        line: (await this.read(file)).split("\n")[Number(number) - 1]?.trim() ?? "",
      })),
    );
    return [...new Set(complaints.map(describePlace))].toSorted();
  }

  /** The lines that name it, comments aside: they may speak of anything. */
  async search(pattern: RegExp): Promise<string[]> {
    const found: string[] = [];
    for await (const file of glob("src/**/*.{ts,tsx}", { cwd: this.folder })) {
      if (file.startsWith("src/database/generated/")) continue;
      const lines = (await this.read(file)).split("\n").map((line) => line.trim());
      for (const line of lines) {
        if (pattern.test(line) && !/^(\/?\*|\/\/)/.test(line))
          found.push(describePlace({ file, line }));
      }
    }
    return found.toSorted();
  }
}

/** @returns what it wrote, whether or not it found fault */
async function runCompiler(cwd: string): Promise<string> {
  const compiler = join(root, "node_modules/.bin/tsc");
  const options = ["--noEmit", "--pretty", "false", "--project", "tsconfig.build.json"];
  try {
    return (await promisify(execFile)(compiler, options, { cwd })).stdout;
  } catch (error) {
    if (error instanceof Error && "stdout" in error && String(error.stdout) !== "")
      return String(error.stdout);
    throw error;
  }
}

describe("docs/removing-a-feature.md on invitations", () => {
  let copy: Copy;
  let database: TestDatabase;
  beforeAll(async () => {
    copy = await Copy.make();
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await copy?.remove("");
    await database?.drop();
  });

  it("lists just the lines that break without the folder, and what makes the rest compile", async () => {
    const changed = await readMentions("Invitations");
    const imports = changed.filter(isImport);
    expect(imports.length).toBeGreaterThan(0);
    expect(await copy.compile()).toEqual([]);

    // What imports from the folder, first: the compiler does not look any further.
    await copy.remove("src/invitations");
    expect(await copy.compile()).toEqual(imports.map(describePlace).toSorted());

    // Then what used that.
    await copy.change(imports);
    const names = imports.flatMap(({ line }) => line.match(/(?<=[{,] )\w+(?=[ ,])/g) ?? []);
    const uses = changed.filter(
      (mention) =>
        !isImport(mention) && names.some((name) => new RegExp(`\\b${name}\\b`).test(mention.line)),
    );
    expect(await copy.compile()).toEqual(uses.map(describePlace).toSorted());

    await copy.change(changed.filter((mention) => !isImport(mention)));
    expect(await copy.compile()).toEqual([]);
    // Nothing that compiles without it was forgotten; what people read may go on to speak of invitations.
    expect(await copy.search(/Invitation|invitations?["/:_]/)).toEqual([]);
  });

  it("drops whatever the database has of them", async () => {
    const [, sql = ""] = /```sql\n(.*?)```/s.exec(await readSection("Invitations")) ?? [];
    const readNames = async () => {
      const rows = await database.query<{ name: string }>(`
        select relname as name from pg_class where relnamespace = 'public'::regnamespace
        union select typname from pg_type where typnamespace = 'public'::regnamespace
        union select proname from pg_proc where pronamespace = 'public'::regnamespace`);
      return rows.map(({ name }) => name).filter((name) => /invit/.test(name));
    };
    expect(await readNames()).toContain("invitations");
    await database.query(sql);
    expect(await readNames()).toEqual([]);
  });
});
