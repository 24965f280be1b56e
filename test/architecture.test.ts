import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";

import { read, root } from "./support/documents.ts";

type SourceFile = { path: string; text: string; lines: number; imports: string[] };

/** Every file of a folder that is ours, by its path from the root. */
async function readSources(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith("src/database/generated/"));
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(root, path), "utf8");
      return { path, text, lines: text.split("\n").length - 1, imports: listImports(path, text) };
    }),
  );
}

/** Lists the imports of a file: files by their path from the root, packages by their name. */
function listImports(path: string, text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/g;
  return [...text.matchAll(pattern)].map(([, fixed, dynamic]) => {
    const target = fixed ?? dynamic ?? "";
    return target.startsWith(".") ? relative(root, resolve(root, dirname(path), target)) : target;
  });
}

type Node = { type: string; start: number; end: number };

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

const listChildren = (node: object): Node[] =>
  Object.values(node).flatMap((value: unknown) =>
    (Array.isArray(value) ? value : [value]).filter(isNode),
  );

const isFunction = ({ type }: Node) => /Function/.test(type) && !type.startsWith("TS");

/** A call of `route()` or of a router, or one whose first argument is a path. */
const routeCall = /^(route\(|router\.\w+\(|[\w.]+\(["'`]\/)/;

/** Whether a piece of code declares a route, other than in a function inside it. */
const declaresRoute = (node: Node, text: string): boolean =>
  (node.type === "CallExpression" && routeCall.test(text.slice(node.start, node.end))) ||
  listChildren(node).some((child) => !isFunction(child) && declaresRoute(child, text));

/** @returns where each function is that has more than 80 lines of its own and is no list of routes */
function findLongFunctions({ path, text }: SourceFile): string[] {
  const countLines = (start: number, end: number) => text.slice(start, end).split("\n").length;
  /** Functions that are declared inside another one are counted by themselves. */
  const countInside = (node: Node): number =>
    listChildren(node).reduce(
      (sum, child) =>
        sum +
        (child.type === "FunctionDeclaration"
          ? countLines(child.start, child.end)
          : countInside(child)),
      0,
    );
  const find = (node: Node): string[] => {
    const length = isFunction(node) ? countLines(node.start, node.end) - countInside(node) : 0;
    const isLong = length > 80 && !listChildren(node).some((child) => declaresRoute(child, text));
    const place = `${path}:${countLines(0, node.start)}: ${length} lines`;
    return [...(isLong ? [place] : []), ...listChildren(node).flatMap(find)];
  };
  return listChildren(parseSync(path, text).program).flatMap(find);
}

/** The comments removed: they may speak of anything. */
const withoutComments = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");

const [src, dev, bench, test] = await Promise.all(["src", "dev", "bench", "test"].map(readSources));
const sources = src ?? [];
const everything = [...sources, ...(dev ?? []), ...(bench ?? [])];

const pathsWhere = (files: SourceFile[], condition: (file: SourceFile) => boolean) =>
  files.filter(condition).map(({ path }) => path);

/** A feature that was removed has no files. */
const whatIsThere = (...paths: string[]) =>
  paths.filter((path) => sources.some((file) => file.path === path));

const isIn = (path: string, ...folders: string[]) =>
  folders.some((folder) => path.startsWith(`src/${folder}/`));

const [, picture = ""] = /```text\n(.*?)```/s.exec(await read("docs/architecture.md")) ?? [];

/**
 * The storeys that docs/architecture.md draws, from the ground up. A folder that is not there stands beside projects/: a resource
 * of your own. The files of src/ itself are above all folders.
 */
const storeys = picture
  .split("\n\n")
  .map((storey) => [...storey.matchAll(/^ {2}([\w-]+)\/ /gm)].map(([, folder = ""]) => folder))
  .filter((folders) => folders.length > 0)
  .toReversed();

/** @returns the imports of a folder's files, by value or by type, that do not lead to a lower storey */
function findClimbs(files: SourceFile[]): string[] {
  /** A file of src/ itself is the place `src`, above all folders. */
  const placeOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1] ?? "src";
  const isLower = (target: string, path: string) => {
    const all = [...storeys, ["src"]];
    const find = (place: string) => all.findIndex((places) => places.includes(place));
    const [lower = 0, upper = 0] = [target, path].map((place) =>
      find(place) === -1 ? find("auth") : find(place),
    );
    return lower < upper;
  };
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((target) => target.startsWith("src/"))
      .filter((target) => placeOf(target) !== placeOf(path))
      .filter((target) => !isLower(placeOf(target), placeOf(path)))
      .map((target) => `${path}: ${target}`),
  );
}

describe("the storeys", () => {
  it("have every folder of src/ in the picture, but for resources of your own", () => {
    const drawn = storeys.flat();
    expect(storeys.length).toBeGreaterThan(5);
    expect(new Set(drawn).size).toBe(drawn.length);
    const folders = sources.flatMap(({ path }) => /^src\/([^/]+)\//.exec(path)?.[1] ?? []);
    const isResource = (folder: string) =>
      sources.some(({ path }) => path === `src/${folder}/fields-view.tsx`);
    expect(folders.filter((folder) => !drawn.includes(folder) && !isResource(folder))).toEqual([]);
  });

  it("hold: a folder imports only folders of lower storeys", () => {
    expect(findClimbs(sources)).toEqual([]);
  });

  it("hold inside src/logto/, too", () => {
    const folders = ["client", "sync", "webhooks", "commands", "provision"];
    const heightOf = (path: string) =>
      folders.findIndex((folder) => path.startsWith(`src/logto/${folder}/`));
    const climbs = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => heightOf(path) !== -1 && heightOf(target) > heightOf(path))
        .map((target) => `${path}: ${target}`),
    );
    expect(climbs).toEqual([]);
  });

  it.each([
    ["a folder above", "src/http/a.ts", "src/views/b.ts"],
    ["a neighbour", "src/auth/a.ts", "src/projects/b.ts"],
    ["a file of src/ itself", "src/projects/a.ts", "src/config.ts"],
    ["a neighbour of a resource", "src/new/a.ts", "src/projects/b.ts"],
  ])("do not let a file import %s", (_what, path, target) => {
    const climbing = { path, text: "", lines: 1, imports: [target] };
    expect(findClimbs([climbing])).toEqual([`${path}: ${target}`]);
  });
});

describe("the sources", () => {
  it("are read, and so are their imports", () => {
    const app = sources.find(({ path }) => path === "src/app.tsx");
    expect(app?.imports).toContain("src/http/csrf.ts");
    expect(app?.imports).toContain("koa");
  });

  it("in src/ import nothing of dev/ or test/, which are not deployed", () => {
    const strays = sources.flatMap(({ path, imports }) =>
      imports
        .filter((target) => /^(dev|test|bench)\//.test(target))
        .map((target) => `${path}: ${target}`),
    );
    expect(strays).toEqual([]);
  });

  it("use the database without a scope only where no person is known yet", () => {
    const isAllowed = (path: string) =>
      isIn(
        path,
        "database",
        "identity",
        "jobs",
        "auth",
        "tenancy",
        "relying-party",
        "sessions",
        "logto",
        "operations",
      ) ||
      path === "src/app.tsx" ||
      path === "src/main.ts";
    const users = pathsWhere(sources, ({ text }) =>
      /\b(unscoped|queryPrepared|PrismaClient)\b/.test(withoutComments(text)),
    );
    expect(users.length).toBeGreaterThan(3);
    expect(users.filter((path) => !isAllowed(path))).toEqual([]);
  });

  it("reach PostgreSQL through src/database/ only", () => {
    const drivers = new Set(["pg", "postgres", "@prisma/adapter-pg", "@prisma/client"]);
    const users = pathsWhere(sources, ({ imports }) => imports.some((name) => drivers.has(name)));
    expect(users.filter((path) => !isIn(path, "database"))).toEqual([]);
  });

  it("write no SQL of strings put together: row-level security does not stop that", () => {
    expect(
      pathsWhere(sources, ({ text }) => /\$(query|execute)RawUnsafe|Prisma\.raw\(/.test(text)),
    ).toEqual([]);
    const prepared = sources.flatMap(
      ({ text }) => text.match(/queryPrepared[^(]*\([^)]*\$\{/g) ?? [],
    );
    expect(prepared).toEqual([]);
  });

  it("read the environment in one place, but for the commands", () => {
    expect(
      new Set(pathsWhere(sources, ({ text }) => /process\.env\b/.test(withoutComments(text)))),
    ).toEqual(
      new Set([
        "src/database/migrate-command.ts",
        "src/runtime/environment.ts",
        "src/logto/commands/run-command.ts",
        "src/main.ts",
      ]),
    );
  });

  it("read .env wherever they read the environment", () => {
    const readers = sources.filter(({ text }) => /process\.env\b/.test(withoutComments(text)));
    const forgetful = pathsWhere(readers, ({ text }) => !text.includes("readEnvFile("));
    expect(forgetful).toEqual([]);
  });

  it("SE24 mount koa-session once: a second one would silently share the first one's cookie", () => {
    expect(pathsWhere(sources, ({ imports }) => imports.includes("koa-session"))).toEqual([
      "src/sessions/load-session.ts",
    ]);
    const calls = sources.flatMap(
      ({ text }) => withoutComments(text).match(/\bcreateSessions\(/g) ?? [],
    );
    // Its definition, and its one use.
    expect(calls).toHaveLength(2);
  });

  it("SE25 make loggers in one place, which knows what of an error may be written", () => {
    const makers = pathsWhere(sources, ({ text }) =>
      /import pino\b|\bconsole\./.test(withoutComments(text)),
    );
    expect(makers).toEqual(["src/runtime/logger.ts"]);
  });

  it("FA25 listen in one place, which knows how long a client may take", () => {
    const listeners = pathsWhere(sources, ({ text }) =>
      /\bcreateServer\(|\bapp\.listen\(/.test(withoutComments(text)),
    );
    expect(listeners).toEqual(["src/http/server.ts"]);
  });

  it("RB11 decide nothing by what a token says of roles", () => {
    const readers = pathsWhere(sources, ({ text }) =>
      /organization_roles|organizationRoles/.test(withoutComments(text)),
    );
    expect(readers.filter((path) => !isIn(path, "relying-party", "identity", "logto"))).toEqual([]);
    expect(readers).not.toContain("src/tenancy/authorize.ts");
  });

  it("CS09 CS11 build no address of what a request claims: neither its host nor its Referer", () => {
    const pattern =
      /\bctx\.(back|host|hostname|href|origin|URL)\b|\bctx\.redirect\(|X-Forwarded-Host/;
    expect(pathsWhere(sources, ({ text }) => pattern.test(withoutComments(text)))).toEqual([]);
  });

  it("AP16 call out in few places, each to an address of the settings, and follow no redirect from there", () => {
    // A browser runs this script, in development.
    const script = "src/http/reload-browsers.ts";
    const callers = sources.filter(
      ({ path, text }) => path !== script && /(?<!async )\bfetch\(/.test(withoutComments(text)),
    );
    expect(callers.map(({ path }) => path).toSorted()).toEqual(
      whatIsThere("src/http/fetch-text.ts", "src/hugging-face/members-api.ts"),
    );
    for (const { path, text } of callers) expect(text, path).toContain('redirect: "manual"');
    // By the libraries: to Hugging Face as the settings name it, and to the mail server, which is given no file or address.
    expect(pathsWhere(sources, ({ imports }) => imports.includes("openid-client"))).toEqual(
      whatIsThere("src/hugging-face/oauth.ts"),
    );
    expect(pathsWhere(sources, ({ imports }) => imports.includes("nodemailer"))).toEqual([
      "src/mail/mailer.ts",
    ]);
    const mailer = sources.find(({ path }) => path === "src/mail/mailer.ts")?.text;
    expect(mailer).toMatch(/disableFileAccess: true,\s*disableUrlAccess: true/);
    expect(
      pathsWhere(sources, ({ imports }) =>
        imports.some((name) => /^(node:)?(https?|http2|tls|undici)$/.test(name)),
      ),
    ).toEqual(["src/http/ip-address.ts", "src/http/server.ts"]);
  });

  it("keep the product free of Koa", () => {
    expect(
      pathsWhere(sources, ({ path, imports }) => imports.includes("koa") && !isIn(path, "http")),
    ).toEqual(["src/app.tsx", "src/sessions/load-session.ts"]);
  });

  it("change what an organization has through changeAs(), but for what no single member does", () => {
    const enter = /\.(forMember|forUserEverywhere)\(|\brecordEvent\(/;
    const users = pathsWhere(sources, ({ text }) => enter.test(withoutComments(text)));
    expect(users.filter((path) => !isIn(path, "database")).toSorted()).toEqual([
      "src/account/deletion.ts", // in all organizations of a person at once
      "src/organizations/organization.ts", // has no member yet
      "src/tenancy/audit-event.ts",
      "src/tenancy/change-as.ts",
    ]);
    const writes = /\bforOrganization\([^;]*?\.(create|update|upsert|delete)\w*\(/s;
    expect(pathsWhere(sources, ({ text }) => writes.test(withoutComments(text)))).toEqual([
      "src/organizations/organization.ts",
    ]);
  });

  it("are all reachable from what is started", () => {
    const byPath = new Map(sources.map((file) => [file.path, file]));
    const reached = new Set<string>();
    const visit = (path: string): void => {
      const file = byPath.get(path);
      if (!file || reached.has(path)) return;
      reached.add(path);
      file.imports.forEach(visit);
    };
    [
      "src/main.ts",
      "src/database/migrate-command.ts",
      "src/logto/commands/queue.ts",
      "src/logto/commands/reconcile.ts",
      "src/logto/provision/command.ts",
    ].forEach(visit);
    expect(pathsWhere(sources, ({ path }) => !reached.has(path))).toEqual([]);
  });

  it("stay short: no file has more than 250 lines, and half of them have 60 at most", () => {
    expect(pathsWhere(everything, ({ lines }) => lines > 250)).toEqual([]);
    // Copies of the sample count like the sample: not at all.
    const resources = everything.flatMap(
      ({ path }) => /^(.*\/)fields-view\.tsx$/.exec(path)?.[1] ?? [],
    );
    const sorted = everything
      .filter(({ path }) => !resources.some((folder) => path.startsWith(folder)))
      .map(({ lines }) => lines)
      .toSorted((one, other) => one - other);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(60);
  });

  it("have no function of more than 80 lines, but for lists of routes; one that is declared in another counts for itself", () => {
    expect(everything.flatMap(findLongFunctions)).toEqual([]);
  });

  it("finds a long function, and lets a list of routes be long", () => {
    const lines = "\n".repeat(90);
    const find = (text: string) =>
      findLongFunctions({ path: "src/a.ts", text, lines: 0, imports: [] });
    expect(find(`function f() {${lines}}`)).toEqual(["src/a.ts:1: 91 lines"]);
    expect(find(`\nconst o = { run: async () => {${lines}} };`)).toEqual(["src/a.ts:2: 91 lines"]);
    expect(find(`function f() { const a = route({${lines}}); return [a]; }`)).toEqual([]);
    expect(find(`const f = () => ({ routes: [route({${lines}})] });`)).toEqual([]);
    expect(find(`function f() { route({ handler() {${lines}} }); }`)).toEqual([
      "src/a.ts:1: 91 lines",
    ]);
    expect(find(`function f() { function g() {${lines}} }`)).toEqual(["src/a.ts:1: 91 lines"]);
  });

  it("are named in kebab-case, and never for nothing in particular", () => {
    const banned = /(^|[/-])(utils?|helpers?|misc|common|manager|data|info|index)([.-]|$)/;
    const named = everything.map(({ path }) => path);
    expect(named.filter((path) => !/^[a-z0-9/.-]+$/.test(path) || banned.test(path))).toEqual([]);
  });

  it("are outweighed by their tests", () => {
    const count = (files: SourceFile[]) => files.reduce((sum, { lines }) => sum + lines, 0);
    expect(count(test ?? [])).toBeGreaterThanOrEqual(count(everything));
  });
});

describe("a feature", () => {
  const list = sources.find(({ path }) => path === "src/features.ts");

  it("is a folder with a feature.ts, which src/features.ts lists", () => {
    const listed = list?.imports.filter((path) => path.endsWith("/feature.ts")) ?? [];
    expect(listed.length).toBeGreaterThan(3);
    // The type itself is in tenancy/.
    expect(pathsWhere(sources, ({ path }) => path.endsWith("/feature.ts")).toSorted()).toEqual(
      [...listed, "src/tenancy/feature.ts"].toSorted(),
    );
  });

  it("is every folder that declares routes", () => {
    const declaring = pathsWhere(
      sources,
      ({ path, text }) =>
        path !== "src/tenancy/route.ts" && /\broute\(\{/.test(withoutComments(text)),
    );
    const folders = new Set(declaring.map((path) => path.split("/").slice(0, 2).join("/")));
    expect(folders.size).toBeGreaterThan(3);
    const unlisted = [...folders].filter(
      (folder) => !list?.imports.includes(`${folder}/feature.ts`),
    );
    expect(unlisted).toEqual([]);
  });
});

describe("npm run dev", () => {
  it("imports nothing that needs the Prisma client before that is generated", () => {
    const reached = new Set(["dev/main.ts"]);
    for (const path of reached) {
      const text = everything.find((file) => file.path === path)?.text ?? "";
      for (const target of listImports(path, withoutLateImports(text))) reached.add(target);
    }
    expect(reached).toContain("dev/run/services.ts");
    expect([...reached].filter((path) => path.startsWith("src/database/generated/"))).toEqual([]);
  });
});

/** Neither those of types, which are gone at run time, nor those that wait for something (`await import`). */
const withoutLateImports = (text: string) =>
  text.replaceAll(/(^|\n)import type [^;]*;/g, "").replaceAll(/await import\([^)]*\)/g, "");

describe("the storeys of dev", () => {
  /** From the ground up. The files of dev/ itself are the commands: they are above all folders. */
  const order = [
    "dev/system",
    "dev/pages",
    "dev/postgres",
    "dev/prisma",
    "dev/logto/store",
    "dev/logto/applications",
    "dev/logto/people",
    "dev/logto/experience",
    "dev/logto/sso",
    "dev/logto/webhooks",
    "dev/logto/pages",
    "dev/logto/account-pages",
    "dev/logto/oidc",
    "dev/logto/management",
    "dev/logto",
    "dev/hugging-face",
    "dev/mail",
    "dev/mail/samples",
    "dev/demo",
    "dev/seed",
    "dev/run",
    "dev/documents",
    "dev/new-migration",
    "dev/new-resource",
    "dev/rename",
    "dev",
  ];

  /** @returns the imports, by value or by type, that do not lead to the same folder or to a lower one */
  const findClimbsInDev = (files: Pick<SourceFile, "path" | "imports">[]): string[] =>
    files.flatMap(({ path, imports }) =>
      imports
        .filter((target) => target.startsWith("dev/") && dirname(target) !== dirname(path))
        .filter((target) => {
          const lower = order.indexOf(dirname(target));
          return lower === -1 || lower >= order.indexOf(dirname(path));
        })
        .map((target) => `${path}: ${target}`),
    );

  it("hold: a folder imports only lower folders", () => {
    const folders = new Set((dev ?? []).map(({ path }) => dirname(path)));
    expect(folders).toContain("dev/logto/management");
    expect([...folders].filter((folder) => !order.includes(folder))).toEqual([]);
    expect(findClimbsInDev(dev ?? [])).toEqual([]);
  });

  it.each([
    ["a folder above", "dev/logto/people/a.ts", "dev/logto/pages/b.ts"],
    ["a command", "dev/prisma/a.ts", "dev/main.ts"],
    ["a folder that is not in the list", "dev/main.ts", "dev/new/b.ts"],
  ])("do not let a file import %s", (_what, path, target) => {
    expect(findClimbsInDev([{ path, imports: [target] }])).toEqual([`${path}: ${target}`]);
  });
});
