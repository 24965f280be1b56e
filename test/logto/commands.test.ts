import { describe, expect, it } from "vitest";
import { z } from "zod";

import { queueCommand } from "../../src/logto/commands/queue-command.ts";
import { reconcileCommand } from "../../src/logto/commands/reconcile-command.ts";
import { runCommand } from "../../src/logto/commands/run-command.ts";
import { useProcesses } from "../support/processes.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application } = world;
const processes = useProcesses();
const commands = { queue: queueCommand, reconcile: reconcileCommand };

/** Runs the command without a process of its own. */
async function run(
  command: "queue" | "reconcile",
  parameters: string[] = [],
  environment: Record<string, string> = {},
) {
  let [output, errors] = ["", ""];
  const code = await runCommand(commands[command], {
    parameters,
    environment: { ...world.environment, ...environment },
    print: (text) => void (output += text),
    printError: (text) => void (errors += text),
  });
  return { output, errors, code };
}

/** Runs the command as it is typed. */
const runProcess = (command: "queue" | "reconcile", parameters: string[] = []) =>
  processes.run(`src/logto/commands/${command}.ts`, { parameters, environment: world.environment });

const saying = (output: string) => ({ output, errors: "", code: 0 });
const failing = (errors: string) => ({ output: "", errors, code: 1 });

/** Works off everything that waits. */
async function beQuiet() {
  await world.provider.logto.webhooks.settled();
  await world.letPass();
  await world.settle();
}

/** Creates an organization, with everything equal on both sides. */
async function createQuietPair() {
  const pair = await world.createPair();
  await beQuiet();
  return pair;
}

describe("npm run logto:queue", () => {
  it("shows its usage, names an unknown parameter, and then does nothing", async () => {
    const help = await run("queue", ["--help"], { DATABASE_URL: "" });
    expect(help).toMatchObject({ errors: "", code: 0 });
    expect(help.output).toContain("--retry");
    const unknown = await runProcess("queue", ["--rety"]);
    expect(unknown).toMatchObject({ output: "", code: 2 });
    expect(unknown.errors).toMatch(/--rety[\s\S]*--retry/);
    expect(unknown.errors).not.toMatch(/^ +at /m);
  });

  it("says that nothing waits, or can be tried again", async () => {
    await createQuietPair();
    expect(await runProcess("queue")).toEqual(saying("Nothing waits.\n"));
    expect(await run("queue", ["--retry"])).toEqual(saying("Nothing waits for another try.\n"));
  });

  it("lists waiting and given-up jobs with their errors, and tries them again", async () => {
    const { organization, owner, logtoId } = await createQuietPair();
    const other = await createQuietPair();
    const rename = ({ id }: { id: string }, name: string) =>
      application.query("update organizations set name = $2 where id = $1", [id, name]);
    await rename(organization, "Told late");
    await rename(other.organization, "Not told");
    await application.query(
      `update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'Logto refused a request.'
        where key = 'logto:' || $1`,
      [other.organization.id],
    );
    const { output } = await run("queue");
    const lines = output.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      new RegExp(
        `^\\d+  logto\\.sync_organization  organization ${organization.id}  since \\S+,  due$`,
      ),
    );
    expect(lines[1]).toMatch(
      new RegExp(
        `organization ${other.organization.id}  since \\S+,  GIVEN UP; failed 25 times, last: Logto refused a request\\.$`,
      ),
    );
    expect(await run("queue", ["--retry"])).toEqual(
      saying("1 job is tried again, by an application that runs.\n"),
    );
    await world.settle();
    expect(await world.console.readName(other.logtoId)).toBe("Not told");
    expect(await world.console.readName(logtoId)).toBe("Told late");
    expect(await world.readMembersAtLogto(logtoId)).toEqual({ [owner.subject]: "owner" });
  });

  it("names a missing setting or database in a sentence", async () => {
    expect(await run("queue", [], { LOGTO_M2M_APP_SECRET: "" })).toEqual(
      failing("Set LOGTO_M2M_APP_ID and LOGTO_M2M_APP_SECRET: docs/logto.md.\n"),
    );
    const nowhere = { DATABASE_URL: "postgres://nobody@127.0.0.1:9/nothing" };
    expect(await run("queue", [], nowhere)).toEqual(
      failing(
        "The database of DATABASE_URL cannot be used: nothing answers at 127.0.0.1, port 9\n",
      ),
    );
  });
});

describe("npm run logto:reconcile", () => {
  it("lists the differences in plain sentences, makes both sides equal, and lists the changes", async () => {
    const { organization, logtoId } = await createQuietPair();
    expect(await runProcess("reconcile", ["--dry-run"])).toEqual(saying("Both sides are equal.\n"));

    world.provider.logto.webhooks.lose();
    const newcomer = await world.createAccount("Ada Byron");
    await world.console.addMember(logtoId, newcomer, "viewer");
    const before = await world.readMembers(organization);
    const who = `${organization.name}: Ada Byron (${newcomer.subject} at Logto)`;
    expect(await run("reconcile", ["--dry-run"])).toEqual(saying(`${who} will be viewer here\n`));
    expect(await world.readMembers(organization)).toEqual(before);

    const done = await run("reconcile");
    expect(done).toMatchObject({ errors: "", code: 0 });
    expect(done.output.replace(/compared: \d+/, "compared: some")).toBe(
      [
        `${who} is now viewer here`,
        "Organizations compared: some",
        "Taken in, made at Logto: 0",
        "Deleted at Logto, left over: 0",
        "Left alone at Logto: 0",
        "Memberships changed: 1",
        "Accounts changed here: 0",
        "Nothing waits.",
        "",
      ].join("\n"),
    );
    expect(await world.readMembers(organization)).toHaveProperty(newcomer.subject, "viewer");
    expect(await run("reconcile", ["--dry-run"])).toEqual(saying("Both sides are equal.\n"));
    world.provider.logto.webhooks.behave();
  });

  it("names people without a name and a username by their address", async () => {
    const { organization, logtoId } = await createQuietPair();
    world.provider.logto.webhooks.lose();
    const primaryEmail = "mia@acme.example";
    const { id: subject } = z
      .object({ id: z.string() })
      .parse(await world.provider.manage("POST", "/users", { primaryEmail }));
    const who = `${primaryEmail} (${subject} at Logto)`;
    await world.console.addMember(logtoId, { subject }, "viewer");
    const added = `${organization.name}: ${who} will be viewer here\n`;
    expect(await run("reconcile", ["--dry-run"])).toEqual(saying(added));
    await run("reconcile");
    await world.console.setRole(logtoId, { subject }, "admin");
    const changed = `${organization.name}: ${who} will be admin here\n`;
    expect(await run("reconcile", ["--dry-run"])).toEqual(saying(changed));
    await run("reconcile");
    await world.provider.manage("DELETE", `/users/${subject}`);
    const { output } = await run("reconcile", ["--dry-run"]);
    expect(output).toContain(`${who} is gone at Logto: their account will be deleted here\n`);
    await run("reconcile");
    world.provider.logto.webhooks.behave();
  });

  it("says in a sentence that Logto is away, or refuses our credentials", async () => {
    const { endpoint } = application.config.logto;
    const secret = { LOGTO_M2M_APP_SECRET: "not this one" };
    expect(await run("reconcile", [], secret)).toEqual(
      failing(
        "Logto does not know these credentials: LOGTO_M2M_APP_ID or LOGTO_M2M_APP_SECRET is wrong.\n",
      ),
    );
    await world.provider.stop();
    for (const parameters of [[], ["--dry-run"]]) {
      expect(await run("reconcile", parameters)).toEqual(
        failing(
          `Logto at ${endpoint} cannot be reached or is not well (connection failed). Is LOGTO_ENDPOINT right, and Logto running?\n`,
        ),
      );
    }
    await world.provider.startAgain();
  });
});
