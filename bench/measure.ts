import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";

import { startPostgres } from "../dev/postgres/postgres.ts";
import { applyMigrations } from "../src/database/migrate.ts";
import type { Contender } from "./contenders.ts";
import { load } from "./load.ts";
import { readMemory, readProcessorTime } from "./processes.ts";
import type { Measurement, Round } from "./report.ts";
import { fill, readActors, type Size } from "./rows.ts";
import { type Actor, askAs, type Scenario } from "./scenario.ts";
import { type Server, startServer } from "./server.ts";
import { verify } from "./verify.ts";

export type Plan = {
  contenders: readonly Contender[];
  scenarios: readonly Scenario[];
  rounds: number;
  seconds: number;
  connections: number;
  /** Receives a line for each step. */
  note(line: string): void;
};

type Runner = Contender & { server: Server; starts: number[] };

/**
 * Measures all contenders on one PostgreSQL of their own, in turn: each round measures all of them.
 *
 * @throws {Error} when an answer is wrong
 */
export async function measure(plan: Plan, size: Size): Promise<Measurement> {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  const settings = ["shared_buffers=1GB", "max_wal_size=4GB", "random_page_cost=1.1"];
  const postgres = await startPostgres({ directory, port: 0, settings });
  const databaseUrl = await postgres.createDatabase("bench");
  const client = new pg.Client({ connectionString: databaseUrl });
  const runners: Runner[] = [];
  // Ctrl-C stops PostgreSQL, so the run fails and removes its files.
  const abandon = () => void postgres.stop();
  process.once("SIGINT", abandon);
  client.on("error", abandon);
  try {
    await applyMigrations(databaseUrl);
    await client.connect();
    plan.note(`${size.title}: filling the tables`);
    await fill(client, size);
    const actors = await readActors(client, size);
    for (const contender of plan.contenders) {
      const start = () => startServer(contender, databaseUrl, firstOf(actors));
      const starts: number[] = [];
      for (let count = 1; count < plan.rounds; count += 1) {
        const server = await start();
        starts.push(server.startMs);
        await server.stop();
      }
      const server = await start();
      runners.push({ ...contender, server, starts: [...starts, server.startMs] });
      await verify(contender, server.origin, actors, plan.scenarios, client);
      plan.note(`${contender.name} answers correctly`);
    }
    const { rows } = await client.query<{ pid: string }>(
      "select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid",
    );
    const rounds = await measureRounds(plan, runners, actors, Number(rows[0]?.pid));
    const starts = runners.map(({ name, starts: ms }) => ({ contender: name, ms }));
    return { size: size.title, rounds, starts };
  } finally {
    process.off("SIGINT", abandon);
    await Promise.all(runners.map(({ server }) => server.stop()));
    await client.end();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function firstOf(actors: Actor[]): Actor {
  const [first] = actors;
  if (!first) throw new Error("There are no actors.");
  return first;
}

async function measureRounds(
  plan: Plan,
  runners: Runner[],
  actors: Actor[],
  postgresPid: number,
): Promise<Round[]> {
  const measured: Round[] = [];
  for (const wanted of plan.scenarios) {
    const measureAll = async (round: number) => {
      // Another program begins in each round.
      const first = round % runners.length;
      const rounds: Round[] = [];
      for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) {
        const scenario = runner.takes(wanted);
        if (!scenario) continue;
        const figures = await measureRound(plan, runner, scenario, actors, postgresPid);
        rounds.push({ contender: runner.name, scenario: wanted.title, round, ...figures });
      }
      return rounds;
    };
    await measureAll(0); // to warm up
    for (let round = 0; round < plan.rounds; round += 1) {
      measured.push(...(await measureAll(round)));
      plan.note(`${wanted.name}: round ${round + 1} of ${plan.rounds}`);
    }
  }
  return measured;
}

async function measureRound(
  { connections, seconds }: Plan,
  runner: Runner,
  scenario: Scenario,
  actors: Actor[],
  postgresPid: number,
) {
  const { origin, pid } = runner.server;
  const request = {
    origin,
    connections,
    status: scenario.status,
    askers: actors.map((actor) => {
      const cookie = runner.cookie(origin, actor.sessionId);
      return (turn: number) => askAs(scenario, actor, cookie, turn);
    }),
  };
  await load({ ...request, seconds: 1 });
  let memory = readMemory(pid);
  const watch = setInterval(() => (memory = Math.max(memory, readMemory(pid))), 200);
  const before = [pid, postgresPid].map(readProcessorTime);
  try {
    const { answers, perSecond, p99 } = await load({ ...request, seconds });
    if (answers === 0) throw new Error(`${runner.name} did not answer in ${seconds} s.`);
    const [server = Number.NaN, database = Number.NaN] = [pid, postgresPid].map(
      (root, index) => (readProcessorTime(root) - (before[index] ?? 0)) / answers,
    );
    return { perSecond, p99, server, database, memory };
  } finally {
    clearInterval(watch);
  }
}
