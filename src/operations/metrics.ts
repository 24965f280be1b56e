import { createHash, timingSafeEqual } from "node:crypto";

import { route } from "../tenancy/route.ts";
import type { Database } from "../database/database.ts";
import { readBearerToken } from "../http/bearer-token.ts";
import { defineErrors, httpError } from "../http/errors.ts";
import { type Lane, lanes } from "../jobs/job.ts";
import { productIdentifier } from "../runtime/product.ts";

const metricsError = defineErrors({
  "metrics.no_token": {
    status: 401,
    title: "Not for everybody",
    detail: "Send METRICS_TOKEN as a bearer token to read these numbers.",
  },
});

/** `topic` is the name of the metric without the prefix of the product. */
type Sample = { topic: string; labels: Record<string, string>; value: number };

const help: Record<string, string> = {
  jobs: "Unfinished jobs, by kind and state: waiting, failing, given_up",
  jobs_due: "Jobs that are due, by lane",
  jobs_wait_seconds: "Seconds for which the longest-waiting due job has waited, by lane",
  task_seconds: "Seconds since each task was last added to the queue",
  webhooks: "Webhooks of the last seven days, by outcome",
  logto_compared_seconds: "Seconds since everything was compared with Logto",
  webhooks_refused_total: "Webhooks that this instance has refused since its start, by reason",
  identity_provider_up: "Whether the identity provider answered the last request of this instance",
};

/** The kinds of jobs to count. */
type Kinds = readonly { name: string; lane: Lane }[];

/** Numbers of this instance, which are not in the database. */
type OwnNumbers = {
  openId: { status(): "up" | "down" };
  webhookRefusals: { counts: ReadonlyMap<string, number> };
};

export type MetricsDependencies = OwnNumbers & {
  unscoped: Database["unscoped"];
  jobs: Kinds;
  /** A request has to send the token as a bearer token (RFC 6750). Without a token there is no such address. */
  config: { metricsToken: string | undefined };
};

/**
 * Numbers for Prometheus: the same ones whichever instance is asked, since they are in the database, and few of the
 * instance itself.
 */
export function metricsRoutes({ unscoped, jobs, config, ...own }: MetricsDependencies) {
  const token = config.metricsToken;
  return [
    route({
      method: "GET",
      path: "/metrics",
      access: "public",
      statuses: [200],
      async handler(_input, ctx) {
        if (token === undefined) throw httpError("request.not_found");
        if (!isSame(readBearerToken(ctx) ?? "", token)) throw metricsError("metrics.no_token");
        // Imported here, so that it does not slow down the start.
        const { Counter, Gauge, Registry } = await import("prom-client");
        const registry = new Registry();
        for (const { topic, labels, value } of [
          ...(await readSamples(unscoped)),
          ...(await readLanes(unscoped, jobs)),
          ...listOwnSamples(own),
        ]) {
          const name = `${productIdentifier}_${topic}`;
          const known = registry.getSingleMetric(name);
          const Metric = topic.endsWith("_total") ? Counter : Gauge;
          const metric =
            known instanceof Metric
              ? known
              : new Metric({
                  name,
                  help: help[topic] ?? topic,
                  labelNames: Object.keys(labels),
                  registers: [registry],
                });
          metric.inc(labels, value);
        }
        return { status: 200, type: registry.contentType, body: await registry.metrics() };
      },
    }),
  ];
}

/** Compares in constant time, also when the lengths differ. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

const digest = (text: string) => createHash("sha256").update(text).digest();

function listOwnSamples({ openId, webhookRefusals }: OwnNumbers): Sample[] {
  return [
    {
      topic: "identity_provider_up",
      labels: {},
      value: openId.status() === "up" ? 1 : 0,
    },
    ...[...webhookRefusals.counts].map(([reason, value]) => ({
      topic: "webhooks_refused_total",
      labels: { reason },
      value,
    })),
  ];
}

/** Reads how far each lane is behind. */
async function readLanes(unscoped: Database["unscoped"], kinds: Kinds): Promise<Sample[]> {
  const names = kinds.map(({ name }) => name);
  const lanesOfKinds = kinds.map(({ lane }) => lane);
  const rows = await unscoped.$queryRaw<{ lane: string; due: number; seconds: number }[]>`
    select k.lane, count(*)::float8 as due, extract(epoch from max(now() - j.run_at))::float8 as seconds
      from graphile_worker.jobs j
      join unnest(${names}::text[], ${lanesOfKinds}::text[]) as k (kind, lane) on k.kind = j.task_identifier
     where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()
     group by 1`;
  return lanes.flatMap((lane) => {
    const found = rows.find((row) => row.lane === lane);
    return [
      { topic: "jobs_due", labels: { lane }, value: found?.due ?? 0 },
      { topic: "jobs_wait_seconds", labels: { lane }, value: found?.seconds ?? 0 },
    ];
  });
}

function readSamples(unscoped: Database["unscoped"]): Promise<Sample[]> {
  return unscoped.$queryRaw<Sample[]>`
    select 'jobs' as topic,
           jsonb_build_object('kind', task_identifier, 'state',
             case when attempts >= max_attempts and locked_at is null then 'given_up' when last_error is not null then 'failing'
                  else 'waiting' end) as labels,
           count(*)::float8 as value
      from graphile_worker.jobs where task_identifier <> 'logto.reconcile' group by 2
    union all
    select 'task_seconds', jsonb_build_object('task', identifier),
           extract(epoch from now() - last_execution)::float8
      from graphile_worker._private_known_crontabs where last_execution is not null
    union all
    select 'webhooks', jsonb_build_object('outcome', coalesce(split_part(outcome, ' ', 1), 'waiting')),
           count(*)::float8
      from webhook_deliveries group by 2
    union all
    select 'logto_compared_seconds', '{}'::jsonb,
           extract(epoch from now())::float8 - (j.payload ->> 'fullSince')::float8
      from graphile_worker._private_jobs j
     where j.key = 'logto:reconcile' and j.payload ->> 'fullSince' is not null`;
}
