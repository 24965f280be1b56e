import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import { describe, expect, it } from "vitest";

import { cast } from "../dev/demo/cast.ts";
import packageJson from "../package.json" with { type: "json" };
import { read, readRows, root, unquote } from "./support/documents.ts";
import { isRemoved, readFollowed } from "./support/removal.ts";

/** Our own files. All others are generated or installed. */
const ours = ["*", ".github/**/*", ".ci/*", "{dev,docs,prisma,src,test}/**/*"];
const generated =
  /^(src\/database\/generated|test\/e2e\/screenshots)\/|^(package-lock\.json|\.env)$/;
const textual =
  /\.(md|ts|tsx|json|css|svg|sql|prisma|toml|yml|example)$|(^|\/)(Dockerfile|run|\.\w+)$/;

async function listFiles(patterns: string[]): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of glob(patterns, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) files.push(relative(root, join(entry.parentPath, entry.name)));
  }
  return files.filter((path) => !generated.test(path)).toSorted();
}

/** The features that were removed. Documents may still name their files (docs/removing-a-feature.md). */
const followed = await readFollowed();
const isGone = (path: string) => isRemoved(followed, path);

const listDocuments = () => listFiles(["*.md", "docs/**/*.md"]);

describe("every document", () => {
  it("links only to files and headings that exist", async () => {
    const broken: string[] = [];
    for (const path of await listDocuments()) {
      const links = (await read(path)).matchAll(/\]\(([^)\s]+)\)/g);
      for (const [, link = ""] of links) {
        if (/^https?:/.test(link)) continue;
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? path : join(dirname(path), file);
        if (isGone(target)) continue;
        const isThere = existsSync(join(root, target));
        const hasAnchor =
          anchor === undefined || (isThere && (await listAnchors(target)).has(anchor));
        if (!isThere || !hasAnchor) broken.push(`${path}: ${link}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it("names only npm scripts that exist", async () => {
    const unknown: string[] = [];
    const gone = followed.flatMap(({ mentions }) => mentions.map(({ line }) => line));
    const isGoneScript = (name: string) => gone.some((line) => line.startsWith(`"${name}": `));
    for (const path of await listDocuments()) {
      const named = (await read(path)).matchAll(/npm (?:run ([\w:-]+)|(test|start)\b)/g);
      for (const [, script, shorthand] of named) {
        const name = script ?? shorthand ?? "";
        if (!(name in packageJson.scripts) && !isGoneScript(name)) unknown.push(`${path}: ${name}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  it("names only files of ours that exist", async () => {
    const missing: string[] = [];
    for (const path of await listDocuments()) {
      const text = await read(path);
      const named = text.matchAll(
        /`((?:src|dev|test|prisma|docs)\/[\w./-]+\.(?:tsx?|sql|md|prisma))`/g,
      );
      for (const [, file = ""] of named) {
        if (!existsSync(join(root, file)) && !isGone(file)) missing.push(`${path}: ${file}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it("keeps to its length", async () => {
    const tooLong: string[] = [];
    for (const path of await listDocuments()) {
      const lines = (await read(path)).trimEnd().split("\n").length;
      if (lines > longestOf(path)) tooLong.push(`${path}: ${lines} lines`);
    }
    expect(tooLong).toEqual([]);
  });
});

function longestOf(path: string): number {
  if (path === "README.md") return 120;
  if (path === "AGENTS.md" || path === "CONTRIBUTING.md") return 60;
  return path.startsWith("docs/decisions/") ? 50 : Number.POSITIVE_INFINITY;
}

async function listAnchors(path: string): Promise<Set<string>> {
  const headings = (await read(path)).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("decision records", () => {
  it("are numbered without gaps, titled as they are named, and say context, decision, consequences", async () => {
    const paths = await listFiles(["docs/decisions/*.md"]);
    for (const [index, path] of paths.entries()) {
      const number = String(index + 1).padStart(3, "0");
      expect(path).toMatch(new RegExp(`/${number}-[a-z0-9-]+\\.md$`));
      const headings = [...(await read(path)).matchAll(/^#+ .+$/gm)].map(([heading]) => heading);
      expect(headings[0]).toMatch(new RegExp(`^# ${number} `));
      expect(headings.slice(1, 4)).toEqual(["## Context", "## Decision", "## Consequences"]);
    }
    expect(paths.length).toBeGreaterThan(0);
  });
});

describe("the first pages", () => {
  it("lead to every page of docs/", async () => {
    const index = await read("docs/README.md");
    const pages = (await listFiles(["docs/*.md"])).map((path) => path.replace("docs/", ""));
    const linked = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page);
    const present = linked.filter((page = "") => !isGone(`docs/${page}`));
    expect(new Set([...present, "README.md"])).toEqual(new Set(pages));
    for (const page of ["docs/README.md", "docs/first-hour.md"]) {
      expect(await read("README.md")).toContain(`](${page})`);
    }
  });
});

describe("docs/dependencies.md", () => {
  it("has a line with a reason for each runtime dependency, and for nothing else", async () => {
    const rows = readRows(await read("docs/dependencies.md"));
    expect(rows.map(([name]) => unquote(name))).toEqual(Object.keys(packageJson.dependencies));
    for (const [, reason = ""] of rows) expect(reason.length).toBeGreaterThan(10);
  });
});

describe("docs/development.md", () => {
  it("names the ports of dev/system/ports.ts", async () => {
    const [, literal = ""] =
      /preferredPorts = \{(.*?)\}/s.exec(await read("dev/system/ports.ts")) ?? [];
    const ports = [...literal.matchAll(/\d+/g)].map(([port]) => port);
    const text = await read("docs/development.md");
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(text).toContain(port);
  });

  it("names the demo people, their password and their roles", async () => {
    const source = await read("dev/demo/cast.ts");
    const people = source.matchAll(/person\("(\w+)", "[^"]+", "([^"]+)"/g);
    const text = await read("docs/development.md");
    const rows = readRows(text).map(([name, who]) => [unquote(name), who]);
    const shown = [...people].map(([, name, who]) => [name, who]);
    expect(shown.length).toBeGreaterThan(2);
    expect(rows).toEqual(expect.arrayContaining(shown));
    const colleagues = [...source.matchAll(/colleague\("(\w+)"/g)].map(([, name]) => name);
    expect(colleagues.length).toBeGreaterThan(2);
    for (const name of colleagues) expect(text).toContain(`\`${name}\``);
    expect(text).toContain(`\`${cast[0]?.password}\``);
  });
});

describe("numbers in the documents", () => {
  const statements: [document: string, statement: RegExp, source: string, fact: RegExp][] = [
    [
      "docs/email-domains.md",
      /more than (\d+) domains/,
      "src/email-domains/email-domain.ts",
      /mostDomains = (\d+)/,
    ],
    [
      "docs/email-domains.md",
      /more than (\d+) times within a minute/,
      "src/email-domains/limits.ts",
      /attempts: (\d+),\n {2}seconds: 60,/,
    ],
    [
      "docs/email-domains.md",
      /(\d+) seconds a try/,
      "src/email-domains/txt-record.ts",
      /timeout = (\d+)_000/,
    ],
    ["docs/sessions.md", /more than (\d+)/, "src/sessions/sessions.ts", /sessionsPerUser = (\d+)/],
    [
      "docs/decisions/005-sessions.md",
      /(\d+) sessions a person/,
      "src/sessions/sessions.ts",
      /sessionsPerUser = (\d+)/,
    ],
    ["docs/deployment.md", /(\d+) seconds later it ends/, "src/main.ts", /drainLimit = (\d+)_000/],
    ["docs/deployment.md", /(\d+) seconds before that/, "src/main.ts", /jobMargin = (\d+)_000/],
    [
      "docs/jobs.md",
      /admins and owners: (\d+) of them/,
      "src/join-requests/mail.ts",
      /mostReaders = (\d+)/,
    ],
    [
      "docs/deployment.md",
      /(\d+) second to get one/,
      "src/database/pools.ts",
      /connectionTimeoutMillis: (\d+)_000/,
    ],
    ["docs/deployment.md", /(\d+) for a lock/, "src/database/pools.ts", /lock_timeout: (\d+)_000/],
    [
      "docs/deployment.md",
      /(\d+) for a statement/,
      "src/database/pools.ts",
      /statement_timeout: (\d+)_000/,
    ],
    [
      "docs/deployment.md",
      /max_prepared_statements = (\d+)/,
      "src/database/database.ts",
      /preparedStatements = (\d+)/,
    ],
    [
      "docs/decisions/006-sign-in-transactions.md",
      /start (\d+) times in ten minutes/,
      "src/auth/limits.ts",
      /attempts: (\d+),\n {2}seconds: 600,/,
    ],
    [
      "docs/deployment.md",
      /arrive within (\d+) seconds/,
      "src/http/server.ts",
      /request: (\d+)_000/,
    ],
    ["docs/deployment.md", /its headers within (\d+)/, "src/http/server.ts", /headers: (\d+)_000/],
    [
      "docs/deployment.md",
      /for (\d+) seconds is\s+disconnected/,
      "src/http/server.ts",
      /stalled: (\d+)_000/,
    ],
    [
      "docs/deployment.md",
      /accepts (\d+),000 connections/,
      "src/http/server.ts",
      /connections: (\d+)_000/,
    ],
    [
      "docs/audit-log.md",
      /takes nothing for (\d+) seconds/,
      "src/http/server.ts",
      /stalled: (\d+)_000/,
    ],
    [
      "docs/configuration.md",
      /fewer than (\d+) characters/,
      "src/runtime/settings.ts",
      /length < (\d+)/,
    ],
    [
      "docs/logto.md",
      /of the first (\d+)\)/,
      "src/logto/provision/just-in-time.ts",
      /most = (\d+)/,
    ],
    [
      "docs/logto.md",
      /\| ([\d.]+) +\| the same; the compose file has it/,
      "docker-compose.yml",
      /svhd\/logto:([\d.]+)/,
    ],
    [
      "docs/logto.md",
      /\| ([\d.]+) +\| every answer that we rely on/,
      "package.json",
      /"@logto\/api": "([\d.]+)"/,
    ],
    ["docs/deployment.md", /Its Logto is ([\d.]+);/, "docker-compose.yml", /svhd\/logto:([\d.]+)/],
    ["SECURITY.md", /compose file has ([\d.]+)\./, "docker-compose.yml", /svhd\/logto:([\d.]+)/],
    [
      "docs/decisions/007-openid-client.md",
      /@logto\/node \(([\d.]+)\)/,
      "package.json",
      /"@logto\/node": "([\d.]+)"/,
    ],
    [
      "docs/decisions/005-sessions.md",
      /\(([\d.]+), an external store/,
      "package.json",
      /"koa-session": "([\d.]+)"/,
    ],
    [
      "docs/decisions/007-openid-client.md",
      /(\d+) kB at most/,
      "src/relying-party/requester.ts",
      /maxBytes = (\d+) \* 1024/,
    ],
  ];
  const left = statements.filter(([document, , source]) => !isGone(document) && !isGone(source));
  it.each(left)("%s: %s is that of %s", async (document, statement, source, fact) => {
    const [, stated] = statement.exec(await read(document)) ?? [];
    const [, actual] = fact.exec(await read(source)) ?? [];
    expect(stated).toBeDefined();
    expect(stated).toBe(actual);
  });
});

describe("no file of ours", () => {
  it("mentions a folder beside the project, or a package registry's host", async () => {
    const forbidden = /(\.\.\/|\/work\/)shared\b|\bregistry\.[a-z]+\.[a-z]{2,}\b/;
    const files = (await listFiles(ours)).filter((path) => textual.test(path));
    expect(files).toContain("src/main.ts");
    const offenders: string[] = [];
    for (const path of files) {
      if (forbidden.test(await read(path))) offenders.push(path);
    }
    expect(offenders).toEqual([]);
  });
});
