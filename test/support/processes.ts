import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, inject } from "vitest";

export type Instance = {
  child: ChildProcessWithoutNullStreams;
  url: string;
  /** Its log so far. */
  log(): string;
};

type Start = {
  parameters?: string[];
  /** All that it has besides PATH: nothing of the shell that runs the tests. */
  environment?: Record<string, string>;
};

/** The smallest set of settings that the application starts with, but for its database. */
export const smallSettings = {
  BASE_URL: "http://localhost:3999",
  SESSION_SECRET: "KgE3uP8sVw1zQx5yRb7cTn2mLd9hFj4a",
  LOGTO_ENDPOINT: "http://127.0.0.1:9",
  LOGTO_APP_ID: "application",
  LOGTO_APP_SECRET: "9f3kd02mfa8s",
};

/**
 * Processes for the tests of a file, started from the build of this run in an empty folder, and killed at the end.
 * A script is named by its source, such as `src/main.ts`.
 */
export function useProcesses() {
  const children = new Set<ChildProcessWithoutNullStreams>();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "process-"));
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  function start(script: string, { parameters = [], environment = {} }: Start = {}) {
    const build = inject("build");
    const child = spawn(
      process.execPath,
      [join(build, script.replace(/\.tsx?$/, ".js")), ...parameters],
      {
        cwd: folder,
        env: {
          PATH: process.env["PATH"],
          NODE_COMPILE_CACHE: join(build, "compile-cache"),
          ...environment,
        },
      },
    );
    children.add(child);
    return child;
  }

  return {
    /** Where they start. */
    get folder() {
      return folder;
    },
    start,
    /** Waits until it ends by itself. */
    async run(script: string, options?: Start) {
      const child = start(script, options);
      child.stdin.end();
      const [output, errors] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      return { output, errors, code: child.exitCode };
    },
    startApplication,
  };

  /**
   * Starts the application as in production, and waits until it listens. It ends where the database does not answer
   * within a second, as on a busy machine, and is started again then, as a supervisor would.
   */
  async function startApplication(
    environment: Record<string, string>,
    attempts = 5,
  ): Promise<Instance> {
    const child = start("src/main.ts", {
      environment: { HOST: "127.0.0.1", PORT: "0", ...environment },
    });
    let log = "";
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const port = await new Promise<string | undefined>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        const found = /"port":(\d+)/.exec(log)?.[1];
        if (found) resolve(found);
      });
      child.once("close", () => resolve(undefined));
    });
    if (port !== undefined) return { child, url: `http://localhost:${port}`, log: () => log };
    if (attempts === 1) throw new Error(`The application does not start. ${errors}`);
    return startApplication(environment, attempts - 1);
  }
}
