import { once } from "node:events";
import { Agent, get } from "node:http";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type Instance, smallSettings, useProcesses } from "../support/processes.ts";

const processes = useProcesses();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const start = (environment: Record<string, string> = {}) =>
  processes.startApplication({
    ...smallSettings,
    DATABASE_URL: database.url,
    ...environment,
  });

type Answer = { status: number; connection: string | undefined };

/**
 * Asks again and again, on a connection that stays open, until nobody takes new ones any more.
 *
 * @param answers gets each as it comes
 * @returns how the last request failed
 */
async function keepAsking({ url }: Instance, path: string, answers: Answer[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (;;) answers.push(await ask(url + path, agent));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    agent.destroy();
  }
}

function ask(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { accept: "text/html" } }, (response) => {
      response.resume();
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          connection: response.headers.connection,
        }),
      );
    });
    request.once("error", reject);
  });
}

describe("an instance that is told to stop", () => {
  it("FA02 FA03 becomes unready first, answers every request that still comes, and exits with 0, also after a second signal", async () => {
    const instance = await start({ SHUTDOWN_DELAY_SECONDS: "1" });
    const { child, log } = instance;
    const probes: Answer[] = [];
    const pages: Answer[][] = [[], [], [], []];
    const asking = Promise.all([
      keepAsking(instance, "/readyz", probes),
      ...pages.map((answers, index) =>
        keepAsking(instance, index % 2 ? "/" : "/favicon.svg", answers),
      ),
    ]);
    await expect
      .poll(() => Math.min(...[probes, ...pages].map(({ length }) => length)))
      .toBeGreaterThan(1);
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    // The last one may come between the end of the listener and what the kernel has accepted by then.
    for (const end of await asking) expect(["ECONNREFUSED", "ECONNRESET"]).toContain(end);
    expect(await exited).toEqual([0, null]);
    const statuses = probes.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    // Once unready it stays so.
    expect(statuses.toSorted((one, other) => one - other)).toEqual(statuses);
    for (const answers of pages) {
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(answers.at(-1)).toEqual({ status: 200, connection: "close" });
    }
    expect(log().match(/"msg":"draining"/g)).toHaveLength(1);
    expect(log().match(/"msg":"stopped"/g)).toHaveLength(1);
  });

  it.each([
    ["an exception that nobody caught", "throw new Error('planted')"],
    ["a rejection that nobody handled", "void Promise.reject(new Error('planted'))"],
  ])("FA22 logs %s, finishes what it has begun, and ends with 1", async (_what, fault) => {
    const module = `process.on("SIGUSR2", () => { ${fault} })`;
    const { child, url, log } = await start({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}`,
    });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const exited = once(child, "exit");
    child.kill("SIGUSR2");
    expect(await exited).toEqual([1, null]);
    expect(log()).toMatch(/"level":60[^\n]*planted[^\n]*"msg":"uncaught"/);
    expect(log()).toContain('"msg":"stopped"');
  });
});
