import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "../../src/database/database.ts";
import { startTcpProxy } from "../database/tcp-proxy.ts";
import { startWireMeter } from "../support/wire-meter.ts";
import { useApplication } from "../support/application.ts";
import { bodyOf, formerKey, postWebhook, presentKey, sign } from "./webhook-world.ts";

const application = useApplication({
  environment: { LOGTO_WEBHOOK_SIGNING_KEY: `${presentKey},${formerKey}` },
});

const post = (body: Parameters<typeof postWebhook>[1], sent?: Parameters<typeof postWebhook>[2]) =>
  postWebhook(application.baseUrl, body, sent);

const someBody = () => bodyOf("PATCH /users/{id} name");

/** An instance that reaches its database through something. Prisma hears of connections that are lost, as in main.ts. */
function useSecond<Between extends { url: string; close(): Promise<void> }>(
  start: (url: string) => Promise<Between>,
) {
  let between: Between;
  let database: Database;
  let second: Awaited<ReturnType<typeof application.startSecond>>;
  beforeAll(async () => {
    between = await start(application.config.database.url);
    database = openDatabase({ url: between.url, poolSize: 3, logger: { warn: () => {} } });
    await database.unscoped.$queryRaw`select 1`;
    second = await application.startSecond(database);
  });
  afterAll(async () => {
    await second.stop();
    await database.close();
    await between.close();
  });
  return { between: () => between, second: () => second };
}

const hashOf = (body: string | Uint8Array) => createHash("sha256").update(body).digest();

const listKept = (body: string | Uint8Array) =>
  application.query<{ body: string; event: string | null; outcome: string | null }>(
    "select body, event, outcome from webhook_deliveries where body_hash = $1",
    [hashOf(body)],
  );
const listJobs = (body: string | Uint8Array) =>
  application.query<{ kind: string }>(
    `select j.task_identifier as kind from graphile_worker.jobs j
       join graphile_worker._private_jobs p on p.id = j.id
      where p.payload->>'bodyHash' = $1`,
    [hashOf(body).toString("hex")],
  );
const countEverything = async () => {
  const [row] = await application.query<{ kept: number; jobs: number }>(
    `select (select count(*)::integer from webhook_deliveries) as kept,
            (select count(*)::integer from graphile_worker.jobs) as jobs`,
  );
  return row;
};

describe("POST /webhooks/logto", () => {
  it("stores a signed body as it came, and adds a job", async () => {
    const body = someBody();
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("");
    expect(await listKept(body)).toEqual([{ body, event: "User.Data.Updated", outcome: null }]);
    expect(await listJobs(body)).toEqual([{ kind: "logto.handle_webhook" }]);
  });

  it("accepts requests from any site, and ignores sessions", async () => {
    const body = someBody();
    const answer = await fetch(`${application.baseUrl}/webhooks/logto`, {
      method: "POST",
      headers: {
        "logto-signature-sha-256": sign(body),
        origin: "https://evil.example",
        "sec-fetch-site": "cross-site",
        cookie: "session=x",
      },
      body,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it.each([
    ["none", () => null],
    ["an empty one", () => ""],
    ["one of another key", (body: string) => sign(body, "another key")],
    ["one of an empty key", (body: string) => sign(body, " ")],
    ["one of another body", () => sign(someBody())],
    ["a truncated one", (body: string) => sign(body).slice(0, 32)],
    ["one that is too long", (body: string) => `${sign(body)}00`],
    ["one in capitals", (body: string) => sign(body).toUpperCase()],
    ["one with its algorithm before it", (body: string) => `sha256=${sign(body)}`],
    ["two", (body: string) => `${sign(body)}, ${sign(body)}`],
    ["words", () => "z".repeat(64)],
  ])("WH01 is 401 with %s for a signature, and stores nothing", async (_what, makeSignature) => {
    const before = await countEverything();
    const body = someBody();
    const answer = await post(body, { signature: makeSignature(body) });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "webhook.not_signed" });
    expect(await countEverything()).toEqual(before);
  });

  it("WH02 is 401 for the same content in other bytes", async () => {
    const body = someBody();
    const before = await countEverything();
    for (const other of [JSON.stringify(JSON.parse(body), null, 2), `${body}\n`, ` ${body}`]) {
      expect((await post(other, { signature: sign(body) })).status).toBe(401);
    }
    expect(await countEverything()).toEqual(before);
    expect((await post(body)).status).toBe(200);
  });

  it("WH03 takes the same bytes five times, also at once, and stores them once", async () => {
    const body = someBody();
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(body)));
    answers.push(await post(body));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await listKept(body)).toHaveLength(1);
    expect(await listJobs(body)).toHaveLength(1);
  });

  it("WH06 is 413 for two megabytes, and takes Logto's largest webhook", async () => {
    const before = await countEverything();
    const large = JSON.stringify({ event: "User.Created", data: "x".repeat(2 * 1024 * 1024) });
    const answer = await post(large);
    expect(answer.status).toBe(413);
    expect(await countEverything()).toEqual(before);
    const ids = Array.from({ length: 5_000 }, (_, index) => `member${index}`.padEnd(21, "x"));
    const delta = bodyOf("PUT /organizations/{id}/users (replace list)", {
      addedUserIds: ids,
      removedUserIds: ids,
    });
    expect((await post(delta)).status).toBe(200);
  });

  it.each([
    ["no JSON", Buffer.from("event=User.Deleted")],
    ["half of it", Buffer.from('{"event":"User.Deleted"')],
    ["nothing", Buffer.from("")],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["a NUL", Buffer.from('{"a":"\0"}')],
  ])("WH07 is 400 for %s that is signed, and stores it for an operator", async (_what, body) => {
    for (let round = 0; round < 2; round += 1) {
      const answer = await post(new Uint8Array(body));
      expect(answer.status).toBe(400);
    }
    expect(await listKept(body)).toMatchObject([{ event: null, outcome: "refused: not JSON" }]);
    expect(await listJobs(body)).toEqual([]);
  });

  it.each([
    ["a number", "7"],
    ["null", "null"],
    ["a list", "[1]"],
    ["an event with a NUL in its name", '{"event":"User.\\u0000Deleted"}'],
    ["an event that is a list", '{"event":["User.Deleted"]}'],
    ["half a surrogate pair", '{"event":"User.Deleted","x":"\\ud800"}'],
    ["fifty thousand brackets", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
  ])("WH05 takes JSON of any shape: %s", async (_what, body) => {
    expect((await post(body)).status).toBe(200);
    expect(await listKept(body)).toMatchObject([{ body, outcome: null }]);
  });

  it("WH08 SC05 accepts the former key as well, while both are set", async () => {
    for (const key of [presentKey, formerKey]) {
      expect((await post(someBody(), { key })).status).toBe(200);
    }
    expect((await post(someBody(), { key: "the one before that" })).status).toBe(401);
  });

  it("writes neither bodies nor signatures into the log", async () => {
    const body = bodyOf("POST /users");
    expect((await post(body)).status).toBe(200);
    expect((await post(body, { key: "another" })).status).toBe(401);
    expect(application.logged()).toContain('"route":"/webhooks/logto"');
    for (const secret of ["hooky", sign(body), sign(body, "another"), presentKey]) {
      expect(application.logged()).not.toContain(secret);
    }
  });

  it("WH11 times out on a slow body, and closes the connection", async () => {
    const socket = connect(Number(new URL(application.baseUrl).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.write(
      [
        "POST /webhooks/logto HTTP/1.1",
        "Host: localhost",
        `Logto-Signature-Sha-256: ${sign("x")}`,
        "Content-Length: 1000",
        "",
        "",
      ].join("\r\n"),
    );
    const started = performance.now();
    const drip = setInterval(() => socket.write("x"), 100);
    await once(socket, "close");
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("POST /webhooks/logto, with counted database queries", () => {
  const { between: meter, second: metered } = useSecond(startWireMeter);

  it("WH01 WH11 answers 500 unsigned requests without a query", async () => {
    const flood = async () => {
      const body = someBody();
      for (let batch = 0; batch < 10; batch += 1) {
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            postWebhook(metered().baseUrl, body, {
              signature: index % 2 === 0 ? null : sign(body, "another key"),
            }),
          ),
        );
        for (const { status } of answers) expect(status).toBe(401);
      }
    };
    expect(await meter().count(flood)).toBe(0);
  });

  it("makes one query for a signed one", async () => {
    const send = async () => {
      const answer = await postWebhook(metered().baseUrl, someBody());
      expect(answer.status).toBe(200);
    };
    // The connection, and the statement.
    await send();
    expect(await meter().count(send)).toBe(1);
  });
});

describe("POST /webhooks/logto, while the database is away", () => {
  const { between: proxy, second } = useSecond(startTcpProxy);
  afterEach(() => proxy().restore());

  it.each(["cut", "hang"] as const)(
    "WH10 WH01 is 503 within two seconds if signed (%s), still 401 if not, and 200 again afterwards",
    async (fault) => {
      expect((await postWebhook(second().baseUrl, someBody())).status).toBe(200);
      await proxy()[fault]();
      const body = someBody();
      const started = performance.now();
      const answer = await postWebhook(second().baseUrl, body);
      expect(answer.status).toBe(503);
      expect(performance.now() - started).toBeLessThan(2_000);
      expect((await postWebhook(second().baseUrl, body, { key: "another" })).status).toBe(401);
      await proxy().restore();
      await expect.poll(async () => (await postWebhook(second().baseUrl, body)).status).toBe(200);
      expect(await listKept(body)).toHaveLength(1);
      expect(await listJobs(body)).toHaveLength(1);
    },
  );
});

describe("POST /webhooks/logto, without a key", () => {
  const keyless = useApplication({ environment: { LOGTO_WEBHOOK_SIGNING_KEY: "" } });

  it("does not exist, whatever the signature", async () => {
    for (const signature of [null, sign(someBody(), ""), sign(someBody())]) {
      const answer = await postWebhook(keyless.baseUrl, someBody(), { signature });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: "request.not_found" });
    }
    expect(await keyless.query("select from webhook_deliveries")).toEqual([]);
  });
});
