import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

import packageJson from "../package.json" with { type: "json" };
import { readConfig } from "../src/config.ts";
import { InvalidConfigError } from "../src/runtime/settings.ts";
import {
  read,
  readRows,
  readSettings,
  root,
  settingsOfCommands,
  unquote,
} from "./support/documents.ts";

describe("docs/configuration.md", () => {
  it("lists the settings of src/config.ts, in order, with their defaults", async () => {
    const settings = readSettings();
    expect(settings.size).toBeGreaterThan(10);
    const rows = readRows(await read("docs/configuration.md"));
    const described = rows.map(([name, value]) => [unquote(name), unquote(value)]);
    expect(described.slice(0, settings.size)).toEqual([...settings]);
    expect(described.slice(settings.size).map(([name]) => name)).toEqual(settingsOfCommands);
  });

  it("calls required what the application does not start without", async () => {
    const required = [...readSettings()].filter(([, value]) => value === "required");
    const complaints = describeRefusal({}).matchAll(/^ {2}([A-Z_]+) +is missing$/gm);
    expect([...complaints].map(([, name]) => name)).toEqual(required.map(([name]) => name));
  });
});

describe(".env.example", () => {
  let active: Record<string, string | undefined>;
  let offered: Record<string, string | undefined>;

  beforeAll(async () => {
    const text = await read(".env.example");
    active = parseEnv(text);
    const suggestions = text.matchAll(/^# ([A-Z][A-Z0-9_]*=.*)$/gm);
    offered = parseEnv([...suggestions].map(([, line = ""]) => line).join("\n"));
  });

  it("has every setting there is, once, and no other", async () => {
    const names = [...Object.keys(active), ...Object.keys(offered)];
    const known = [...readSettings().keys(), ...settingsOfCommands];
    expect(names.toSorted()).toEqual(known.toSorted());
  });

  it("changes nothing when it is copied as it is", async () => {
    const settings = readSettings();
    for (const [name, value] of Object.entries(active)) {
      expect([name, settings.get(name)]).toEqual([name, value]);
    }
  });

  it("offers values that work on a laptop, and that production refuses", () => {
    const everything = { ...active, ...offered };
    expect(readConfig({ ...everything, NODE_ENV: "development" })).toMatchObject({
      isSecure: true,
    });
    const refusal = describeRefusal({ ...everything, NODE_ENV: "production" });
    const secrets = Object.keys(offered).filter((name) => /_(SECRET|KEY)$/.test(name));
    expect(secrets.length).toBeGreaterThan(2);
    for (const name of secrets) expect(refusal).toMatch(new RegExp(`${name} .*from the example`));
  });
});

function describeRefusal(environment: Record<string, string | undefined>): string {
  try {
    readConfig(environment);
  } catch (error) {
    return error instanceof InvalidConfigError ? error.message : "";
  }
  return "";
}

describe("package-lock.json", () => {
  it("SC01 pins each package to one version and its content, and has no Koa or router with a published hole", async () => {
    const { dependencies, devDependencies } = packageJson;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    const { packages } = JSON.parse(await read("package-lock.json")) as {
      packages: Record<string, { version: string; integrity?: string; inBundle?: boolean }>;
    };
    // A package in a bundle has no hash of its own.
    const locked = Object.entries(packages).filter(([path, { inBundle }]) => path && !inBundle);
    expect(locked.length).toBeGreaterThan(100);
    for (const [path, { integrity }] of locked) expect(integrity, path).toMatch(/^sha512-/);
    // GHSA-7gcc-r8m5-44qm and CVE-2026-9495 are mended in these.
    for (const [name, least] of [
      ["koa", [3, 1, 2]],
      ["@koa/router", [15, 0, 0]],
    ] as const) {
      const versions = locked.filter(([path]) => path.endsWith(`node_modules/${name}`));
      expect(versions).toHaveLength(1);
      const [version = []] = versions.map(([, each]) => each.version.split(".").map(Number));
      const first = least.findIndex((part, index) => part !== version[index]);
      expect(first === -1 || (version[first] ?? 0) > (least[first] ?? 0), name).toBe(true);
    }
    expect(await read(".ci/run")).toContain("\nnpm ci\n");
  });
});

describe("Dockerfile", () => {
  it("SC02 installs what is locked, without any package's scripts, and runs as nobody in particular", async () => {
    const lines = (await read("Dockerfile")).split("\n");
    const installs = lines.filter((line) => /npm (ci|i|install)\b/.test(line));
    expect(installs).toHaveLength(2);
    for (const line of installs) expect(line).toMatch(/npm ci .*--ignore-scripts/);
    expect(lines.findLastIndex((line) => line.startsWith("USER "))).toBeGreaterThan(
      lines.findLastIndex((line) => line.startsWith("FROM ")),
    );
    expect(lines).toContain("USER node");
  });

  it("copies only what exists and what .dockerignore lets through", async () => {
    const ignore = (await read(".dockerignore")).split("\n");
    const sources = [...(await read("Dockerfile")).matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, paths = ""]) => paths.split(" "),
    );
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(sources.filter((source) => !ignore.includes(`!${source}`))).toEqual([]);
  });

  it("runs what npm start runs", async () => {
    const [, command = "[]"] = /^CMD (\[.*\])$/m.exec(await read("Dockerfile")) ?? [];
    const words = JSON.parse(command) as string[];
    const started = words.filter((word) => word !== "--enable-source-maps").join(" ");
    expect(packageJson.scripts.start.endsWith(started)).toBe(true);
  });
});

describe("docker-compose.yml", () => {
  it("gives the application and its migration only settings that exist, and no secret", async () => {
    const compose = await read("docker-compose.yml");
    const known = [...readSettings().keys(), ...settingsOfCommands];
    for (const service of ["migrate", "application"]) {
      const [, block = ""] =
        new RegExp(`^  ${service}:\\n((?: {4}.*\\n|\\n)+)`, "m").exec(compose) ?? [];
      const names = [...block.matchAll(/^ {6}([A-Z][A-Z0-9_]+):/gm)].map(([, name = ""]) => name);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(known).toContain(name);
      expect(names.filter((name) => /SECRET|KEY/.test(name))).toEqual([]);
    }
    const variables = compose.matchAll(/\$\{(\w+)/g);
    expect(new Set([...variables].map(([, name]) => name))).toEqual(new Set(["POSTGRES_PASSWORD"]));
  });

  it("has a Logto without published holes that may send a logout to this machine", async () => {
    const compose = await read("docker-compose.yml");
    const [, minor] = /image: svhd\/logto:1\.(\d+)\.\d+\n/.exec(compose) ?? [];
    // CVE-2026-56739 is published for versions below 1.43.0.
    expect(Number(minor)).toBeGreaterThanOrEqual(43);
    expect(compose).toContain('OIDC_PROVIDER_SSRF_PROTECTION_DISABLED: "1"');
  });

  it("opens ports on this machine only", async () => {
    const published = [...(await read("docker-compose.yml")).matchAll(/^ +- "([\d.:]+)"$/gm)];
    expect(published.length).toBeGreaterThan(3);
    for (const [, port = ""] of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe(".ci/run", () => {
  it("does all that npm run check does", async () => {
    const script = await read(".ci/run");
    for (const step of packageJson.scripts.check.split(" && ")) {
      // `npm test` generates the client and runs the tests.
      if (step === "npm run generate" || step === "vitest run") continue;
      expect(script).toContain(`attempt ${step.startsWith("npm ") ? step : `npx ${step}`}\n`);
    }
    expect(packageJson.scripts.test).toBe("npm run generate && vitest run");
  });
});
