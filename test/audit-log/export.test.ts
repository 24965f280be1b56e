import { get } from "node:http";

import { describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { productName } from "../../src/runtime/product.ts";
import { type Organization, useApplication } from "../support/application.ts";
import { createOrganizationWithoutEvents, plantEvents } from "../support/audit-world.ts";
import { countRead } from "./reading.ts";

const application = useApplication();

const setUp = () => createOrganizationWithoutEvents(application);

/** 60 000 events of a kilobyte: far more than sockets buffer. */
const fillSockets = ({ id }: Organization) =>
  application.query(
    `insert into audit_events (organization_id, id, action, target_type, target_id, user_agent)
     select $1, gen_random_uuid(), 'thing.done', 'thing', n, repeat('x', 1000) from generate_series(1, 60000) n`,
    [id],
  );

/** The body as text, whatever its type. */
const download = async (
  agent: Awaited<ReturnType<typeof setUp>>["agent"],
  path: string,
  query: object,
) => {
  const answer = await agent
    .get(`${path}/export`)
    .query(query)
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => done(null, Buffer.concat(chunks).toString("utf8")));
    });
  return { headers: answer.headers, status: answer.status, body: String(answer.body) };
};

describe("GET /o/:slug/audit-log/export", () => {
  it("returns all matching events as a file for spreadsheets, the newest first", async () => {
    const { organization, agent, path, owner } = await setUp();
    const [, second] = await plantEvents(application, organization, [
      { action: "a.other", occurredAt: "2026-03-01T00:00:00.000Z" },
      {
        actorId: owner.id,
        action: "thing.done",
        occurredAt: "2026-03-02T10:20:30.456Z",
        details: { name: "Zoë, the 2nd" },
        ip: "203.0.113.7",
        userAgent: '=HYPERLINK("https://evil.example")',
      },
      { action: "thing.done", occurredAt: "2026-03-03T00:00:00.000Z" },
    ]);
    const file = await download(agent, path, { format: "csv", action: "thing.done" });
    expect(file.status).toBe(200);
    expect(file.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${organization.slug}-audit-log.csv"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const [head, first, next, ...rest] = file.body.split("\r\n");
    expect(head).toBe(
      '\ufeff"occurred_at","action","actor_id","actor","target_type","target_id","target","details","request_id","ip","user_agent","event_id"',
    );
    expect(first).toContain(
      `"2026-03-03T00:00:00.000Z","thing.done","","${productName}","thing","1",""`,
    );
    expect(next).toBe(
      `"2026-03-02T10:20:30.456Z","thing.done","${owner.id}","${owner.name}","thing","1","Zoë, the 2nd",` +
        `"{""name"":""Zoë, the 2nd""}","request-1","203.0.113.7","'=HYPERLINK(""https://evil.example"")","${second}"`,
    );
    expect(rest).toEqual([""]);
  });

  it("returns them as JSON lines for programs, unchanged", async () => {
    const { organization, agent, path, owner } = await setUp();
    const userAgent = "=1;\u001b[31m\u009b\r\nx";
    const [id] = await plantEvents(application, organization, [
      {
        actorId: owner.id,
        action: "member.removed",
        target: { type: "user", id: owner.id },
        occurredAt: "2026-03-02T10:20:30.456Z",
        details: { from: "a\u2028b", deep: null },
        ip: "2001:db8::7",
        userAgent,
      },
    ]);
    const file = await download(agent, path, { format: "jsonl", actor: owner.id });
    expect(file.headers["content-type"]).toBe("application/jsonl; charset=utf-8");
    expect(file.headers["content-disposition"]).toMatch(
      /^attachment; filename="[a-z0-9-]+\.jsonl"$/,
    );
    expect(file.body).toMatch(/^[^\p{Cc}\u2028]*\n$/u);
    expect(JSON.parse(file.body)).toEqual({
      id,
      occurredAt: "2026-03-02T10:20:30.456Z",
      action: "member.removed",
      actor: { id: owner.id, name: owner.name },
      target: { type: "user", id: owner.id, name: null },
      details: { from: "a\u2028b", deep: null },
      requestId: "request-1",
      ip: "2001:db8::7",
      userAgent,
    });
  });

  it("returns only the head of the file for an empty log", async () => {
    const { agent, path } = await setUp();
    expect((await download(agent, path, { format: "csv" })).body).toMatch(
      /^\ufeff"occurred_at"[^\n]*\r\n$/,
    );
    const lines = await download(agent, path, { format: "jsonl" });
    expect(lines.status).toBe(200);
    expect(lines.body).toBe("");
  });

  it("neither omits nor repeats an event of a log that takes many reads", async () => {
    const { organization, agent, path } = await setUp();
    const planted = Array.from({ length: 1_700 }, (_, index) => ({
      occurredAt: `2026-03-01T00:00:0${index % 2}.000Z`,
    }));
    const ids = await plantEvents(application, organization, planted);
    const file = await download(agent, path, { format: "jsonl" });
    const read = file.body
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(read).toHaveLength(1_700);
    expect(new Set(read)).toEqual(new Set(ids));
  });

  it.each(["", "format=", "format=xlsx", "format=csv&format=jsonl", "format=CSV"])(
    "refuses an unknown format: '%s'",
    async (query) => {
      const { agent, path } = await setUp();
      expect((await agent.get(`${path}/export?${query}`)).status).toBe(400);
    },
  );

  it("FA08 FA25 reads only as fast as the client takes it, holds no connection meanwhile, and stops with the client", async () => {
    const { organization, path, owner } = await setUp();
    await fillSockets(organization);
    await application.query("analyze audit_events");
    const before = await countRead(application);
    const { cookie } = await application.createSessionCookie(owner);
    const request = get(`${application.baseUrl}${path}/export?format=jsonl`, {
      headers: { cookie },
    });
    await new Promise<void>((resolve) => {
      request.on("response", (response) => {
        response.pause();
        response.once("readable", resolve);
      });
    });
    // The client reads nothing; the connections are free for others.
    const agent = await application.signInAs(owner);
    const others = await Promise.all(Array.from({ length: 10 }, () => agent.get(path)));
    expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    // It reads until the sockets are full.
    await expect
      .poll(() =>
        application.query(
          "select pid from pg_stat_activity where datname = current_database() and state like 'idle in%'",
        ),
      )
      .toEqual([]);
    const read = (await countRead(application)) - before;
    expect(read).toBeGreaterThan(500);
    expect(read).toBeLessThan(30_000);
    const closed = new Promise((resolve) => request.once("close", resolve));
    request.destroy();
    await closed;
    expect((await agent.get(path)).status).toBe(200);
    expect(application.logged()).not.toContain("PREMATURE_CLOSE");
  });

  it("cuts the connection if the database goes away in the middle, so that nobody takes half a log for a whole one", async () => {
    const { organization, path, owner } = await setUp();
    await fillSockets(organization);
    const { cookie } = await application.createSessionCookie(owner);
    const request = get(`${application.baseUrl}${path}/export?format=csv`, { headers: { cookie } });
    const outcome = await new Promise<string>((resolve) => {
      request.on("response", (response) => {
        response.once("data", () => {
          response.pause();
          void application
            .query(`revoke select on audit_events from ${applicationRole}`)
            .then(() => response.resume());
        });
        response.on("end", () => resolve("ended"));
        response.on("error", () => resolve("cut off"));
      });
    });
    await application.query(`grant select on audit_events to ${applicationRole}`);
    expect(outcome).toBe("cut off");
    expect(application.logged()).toContain("permission denied for table audit_events");
  });

  it("answers with an error if the database is away from the start", async () => {
    const { agent, path } = await setUp();
    await application.query(`revoke select on audit_events from ${applicationRole}`);
    const file = await agent.get(`${path}/export?format=csv`);
    await application.query(`grant select on audit_events to ${applicationRole}`);
    expect(file.status).toBe(500);
    expect(file.headers["content-disposition"]).toBeUndefined();
  });

  it("AP10 answers HEAD with the same headers and no body", async () => {
    const { organization, agent, path } = await setUp();
    await plantEvents(application, organization, [{}]);
    const head = await agent.head(`${path}/export?format=csv`);
    expect(head.status).toBe(200);
    expect(head.headers["content-disposition"]).toContain("attachment");
    expect(head.text ?? "").toBe("");
  });
});
