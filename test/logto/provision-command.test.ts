import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { describe, expect, it } from "vitest";

import { productName } from "../../src/runtime/product.ts";
import { useProcesses } from "../support/processes.ts";
import { bootstrap, useFreshLogto } from "./provision-world.ts";

const logto = useFreshLogto();
const processes = useProcesses();

const envFile = () => readFile(join(processes.folder, ".env"), "utf8");

/** The command as it is typed, in a folder of its own, with only these variables. */
const run = (parameters: string[], environment: Record<string, string> = {}) =>
  processes.run("src/logto/provision/command.ts", { parameters, environment });

describe("npm run logto:provision", () => {
  it("shows its usage, and names an unknown parameter", async () => {
    const help = await run(["--help"]);
    expect(help).toMatchObject({ code: 0, errors: "" });
    expect(help.output).toContain("--dry-run");
    const unknown = await run(["--dryrun"]);
    expect(unknown.code).toBe(2);
    expect(unknown.errors).toContain("--dryrun");
    expect(unknown.errors).toContain("--dry-run");
  });

  it("names every missing or wrong setting at once, and shows no value", async () => {
    const { code, errors, output } = await run([], {
      BASE_URL: "http://app.example.com",
      LOGTO_ENDPOINT: "https://id.example.com/oidc",
      LOGTO_M2M_APP_SECRET: "canary-example",
    });
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(/^Logto cannot be set up: 4 settings are missing or wrong\.\n/);
    expect(errors).toMatch(/ LOGTO_ENDPOINT +must be an address/);
    expect(errors).toMatch(/ LOGTO_M2M_APP_ID +is missing/);
    expect(errors).toMatch(/ BASE_URL +must use https/);
    expect(errors).toMatch(/ LOGTO_M2M_APP_SECRET +is the one from the example/);
    expect(errors).not.toContain("canary");
  });

  it("changes nothing with --dry-run, and lists what would change", async () => {
    const before = await logto.snapshot();
    const { code, output } = await run(["--dry-run"], logto.environment);
    expect(code).toBe(0);
    expect(output).toContain(
      `would create  web application: ${productName}, for http://localhost:3000\n`,
    );
    expect(output).toMatch(
      /\nNothing was changed\. \d+ things would be: run it without --dry-run\./,
    );
    expect(output).toContain(
      "These settings would change: LOGTO_APP_ID, LOGTO_APP_SECRET, LOGTO_WEBHOOK_SIGNING_KEY.",
    );
    expect(await logto.snapshot()).toEqual(before);
  });

  it("prints the settings to set, without --write-env", async () => {
    const { HUGGINGFACE_CLIENT_SECRET: _, ...environment } = logto.environment;
    const { code, output } = await run([], environment);
    expect(code).toBe(0);
    expect(output).toContain(
      "skipped    connector: Hugging Face: HUGGINGFACE_CLIENT_ID or HUGGINGFACE_CLIENT_SECRET is missing; nobody can sign in with it\n",
    );
    const [, lines = ""] = output.split("Set these (or run it with --write-env):\n\n");
    const settings = parseEnv(lines);
    expect(Object.keys(settings)).toEqual([
      "LOGTO_APP_ID",
      "LOGTO_APP_SECRET",
      "LOGTO_WEBHOOK_SIGNING_KEY",
    ]);
    const [stored] = await logto.query<{ id: string; secret: string }>(`
      select id, value as secret from applications join application_secrets on application_id = id
       where type = 'Traditional'`);
    expect(settings).toMatchObject({ LOGTO_APP_ID: stored?.id, LOGTO_APP_SECRET: stored?.secret });
  });

  it("reads .env, and with --write-env writes it: only its own lines, readable by its owner, no secret on the screen", async () => {
    const { LOGTO_M2M_APP_SECRET, ...others } = logto.environment;
    const lines = Object.entries(others).map(([name, value]) => `${name}="${value}"`);
    const before = `# Mine\n${lines.join("\n")}\n# LOGTO_APP_ID=example\n\nMINE='kept # so'\n`;
    await writeFile(join(processes.folder, ".env"), before);
    await chmod(join(processes.folder, ".env"), 0o644);
    const { code, output, errors } = await run(["--write-env"], {
      LOGTO_M2M_APP_SECRET: LOGTO_M2M_APP_SECRET ?? "",
    });
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const after = await envFile();
    const settings = parseEnv(after);
    expect(settings).toEqual({
      ...parseEnv(before),
      LOGTO_APP_ID: expect.any(String),
      LOGTO_APP_SECRET: expect.any(String),
      LOGTO_M2M_APP_ID: bootstrap.id,
      LOGTO_M2M_APP_SECRET: bootstrap.secret,
      LOGTO_WEBHOOK_SIGNING_KEY: expect.any(String),
    });
    expect(after).toContain(`# LOGTO_APP_ID=example\nLOGTO_APP_ID=${settings["LOGTO_APP_ID"]}\n\n`);
    expect((await stat(join(processes.folder, ".env"))).mode & 0o777).toBe(0o600);
    const secrets = Object.entries(settings).filter(([name]) => /SECRET|KEY/.test(name));
    expect(secrets).toHaveLength(4);
    for (const [, value = ""] of secrets) expect(output).not.toContain(value);

    const present = await logto.snapshot();
    const second = await run(["--write-env"]);
    expect(second.code).toBe(0);
    expect(second.output).toContain("\nNothing to change: Logto is as it should be.\n");
    expect(await envFile()).toBe(after);
    expect(await logto.snapshot()).toEqual(present);
    expect((await run([])).output).toContain("The settings are as they should be, too.\n");
  });

  it("lists what it had done before an obstacle, and that it continues from there", async () => {
    await logto.query("delete from organization_roles where name in ('viewer', 'machine-viewer')");
    await logto.query(
      "insert into organization_roles (id, name, type) values ('odd', 'machine-viewer', 'User')",
    );
    const { code, output, errors } = await run([]);
    expect(code).toBe(1);
    expect(output).toContain("created    organization role: viewer\n");
    expect(errors).toBe(
      `Logto cannot be set up. Logto has an organization role machine-viewer for people; ${productName} needs one of that name for machines. Rename or delete it (Console, Organization template). Run it again: it goes on from here.\n`,
    );
    await logto.query("delete from organization_roles where id = 'odd'");
    expect((await run([])).output).toContain(
      "\n1 thing changed. Running it again changes nothing.\n",
    );
  });
});
