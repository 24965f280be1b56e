import { describe, expect, it } from "vitest";

import { productIdentifier } from "../../src/runtime/product.ts";
import { useLogto } from "../logto/logto-world.ts";

const token = "a token that only Prometheus has";
const world = useLogto({ environment: { METRICS_TOKEN: token } });
const { application } = world;

const scrape = (headers: Record<string, string> = {}) =>
  application.visitor().get("/metrics").set(headers);

describe("GET /metrics", () => {
  it("SC04 refuses requests without the token", async () => {
    for (const headers of [{}, { Authorization: "Bearer wrong" }, { Authorization: token }]) {
      const { status, text } = await scrape(headers);
      expect(status).toBe(401);
      expect(text).not.toContain(`${productIdentifier}_`);
    }
  });

  it("reports waiting and given-up jobs, in the format of Prometheus", async () => {
    await world.createPair();
    await application.createOrganization(await world.createPerson());
    const { status, type, text } = await scrape({ Authorization: `Bearer ${token}` });
    expect({ status, type }).toEqual({ status: 200, type: "text/plain" });
    expect(text).toContain(`# TYPE ${productIdentifier}_jobs gauge`);
    expect(text).toContain(
      `${productIdentifier}_jobs{kind="logto.sync_organization",state="waiting"} 1`,
    );

    await application.query(
      "update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'no'",
    );
    const later = await scrape({ Authorization: `Bearer ${token}` });
    expect(later.text).toContain(
      `${productIdentifier}_jobs{kind="logto.sync_organization",state="given_up"} 1`,
    );
    await application.query("delete from graphile_worker._private_jobs");
  });

  it("reports for each lane how many jobs are due, and how long the oldest has waited", async () => {
    await application.query("delete from graphile_worker._private_jobs");
    await application.query(
      `select graphile_worker.add_job('member.role_mail', '{}', run_at => now() - n * interval '1 minute')
         from generate_series(-1, 2) n`,
    );
    const { text } = await scrape({ Authorization: `Bearer ${token}` });
    const read = (topic: string, lane: string) => {
      const line = new RegExp(`^${productIdentifier}_${topic}\\{lane="${lane}"\\} (.+)$`, "m");
      return Number(line.exec(text)?.[1]);
    };
    expect(read("jobs_due", "mail")).toBe(3);
    expect(read("jobs_wait_seconds", "mail")).toBeGreaterThanOrEqual(120);
    expect(read("jobs_wait_seconds", "mail")).toBeLessThan(180);
    for (const lane of ["urgent", "slow"]) {
      expect([read("jobs_due", lane), read("jobs_wait_seconds", lane)]).toEqual([0, 0]);
    }
    await application.query("delete from graphile_worker._private_jobs");
  });

  it("reports how long ago each task was scheduled, and whether it waits", async () => {
    await application.query(
      `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
       values ('session.purge_expired', now(), now() - interval '90 minutes'), ('invitation.purge_closed', now(), null)`,
    );
    await application.query("select graphile_worker.add_job('session.purge_expired')");
    const { text } = await scrape({ Authorization: `Bearer ${token}` });
    expect(text).toMatch(
      new RegExp(
        `^${productIdentifier}_task_seconds\\{task="session.purge_expired"\\} 54\\d\\d`,
        "m",
      ),
    );
    expect(text).not.toContain('task="invitation.purge_closed"');
    expect(text).toContain(
      `${productIdentifier}_jobs{kind="session.purge_expired",state="waiting"} 1`,
    );
    expect(text).toContain(`${productIdentifier}_jobs_due{lane="slow"} 1`);
    await application.query("delete from graphile_worker._private_jobs");
    await application.query("delete from graphile_worker._private_known_crontabs");
  });

  it("reports how long ago everything was compared with Logto", async () => {
    await application.query(
      `select graphile_worker.add_job('logto.reconcile', json_build_object('since', null, 'fullSince',
         extract(epoch from now()) - 60), job_key => 'logto:reconcile')`,
    );
    const { text } = await scrape({ Authorization: `Bearer ${token}` });
    const [, seconds] =
      new RegExp(`${productIdentifier}_logto_compared_seconds (\\d+)`).exec(text) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(60);
    expect(Number(seconds)).toBeLessThan(120);
  });
});
