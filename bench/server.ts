import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import { findAnyPort } from "../dev/system/ports.ts";
import { type Contender, sessionSecret } from "./contenders.ts";
import { type Actor, type Answer, type Ask, askAs } from "./scenario.ts";
import { findScenario } from "./scenarios.ts";

export type Server = {
  origin: string;
  pid: number;
  /** From the start of the process to the first answer with status 200. */
  startMs: number;
  stop(): Promise<void>;
};

/** How often a program is started: another process may take its port before it does. */
const attempts = 3;

/** Starts a contender, and waits until it lists an actor's members. */
export async function startServer(...start: Parameters<typeof startOnce>): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await startOnce(...start).catch((error: unknown) => {
      if (attempt >= attempts) throw error;
    });
    if (server) return server;
  }
}

async function startOnce(contender: Contender, databaseUrl: string, actor: Actor): Promise<Server> {
  const port = await findAnyPort();
  const origin = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = spawn(process.execPath, contender.command, {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      NODE_ENV: "production",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_SIZE: "10",
      SESSION_SECRET: sessionSecret,
      ...contender.environment?.(origin),
    },
  });
  const ended = once(child, "exit");
  const request = askAs(findScenario("list"), actor, contender.cookie(origin, actor.sessionId), 0);
  const deadline = started + 60_000;
  let status: number | undefined;
  while (status !== 200) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${contender.name} does not start: its last status is ${status}.`);
    }
    const answer = await send(origin, request).catch(() => undefined);
    status = answer?.status;
    if (status !== 200) await wait(5);
  }
  const startMs = performance.now() - started;
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, wait(5_000, undefined, { ref: false })]);
    child.kill("SIGKILL");
    await ended;
  };
  return { origin, pid: child.pid ?? 0, startMs, stop };
}

/** Sends one request, and follows no redirect. */
export async function send(origin: string, { path, ...ask }: Ask): Promise<Answer> {
  const response = await fetch(origin + path, { ...ask, redirect: "manual" });
  const { status, headers } = response;
  return { status, location: headers.get("location"), body: await response.text() };
}
