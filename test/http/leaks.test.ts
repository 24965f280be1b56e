import { connect } from "node:net";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type RunningApplication, useApplication } from "../support/application.ts";
import { createSmallApplication, route } from "./small-application.ts";

const application = useApplication({ limits: { headers: 300, request: 300 } });

/** A secret for each place of a request. */
const canaries = {
  cookie: "c4n4ryCookie-7Qx_zP",
  bearer: "c4n4ryBearer-8Wk_yR",
  token: "c4n4ryToken-9Ej_xS",
  header: "c4n4ryHeader-1Ru_wT",
  query: "c4n4ryQuery-2To_vU",
  body: "c4n4ryBody-3Yp_uV",
};

/** The secrets that no page may show. A page may repeat the fields of a form, and the names of unknown ones. */
const neverShown = [canaries.cookie, canaries.bearer, canaries.token, canaries.header];

const session = "/o/acme/projects";
const targets = [
  `/invitations/${canaries.token}?q=${canaries.query}`,
  `/invitations/${canaries.token}%ZZ?q=${canaries.query}%ZZ`,
  `/invitations/${canaries.token}/acceptance?${canaries.query}=%ff`,
  `/callback?code=${canaries.query}&state=${canaries.token}`,
  `${session}?cursor=${canaries.query}`,
  `/${canaries.token}\\..//%00`,
  `//${canaries.token}@x:99999/`,
  `http://${canaries.token}:${canaries.query}@[x/`,
  `/organizations?${canaries.query}=1&__proto__=${canaries.query}`,
  "/webhooks/logto",
  "/back-channel-logout",
];

const bodies = [
  {
    type: "application/x-www-form-urlencoded",
    text: `name=${canaries.body}&${canaries.body}=%ff%00`,
  },
  { type: "application/json", text: `{"a": ${canaries.body}` },
  { type: "application/json", text: `"${canaries.body}" "` },
  { type: "application/json", text: `${"[".repeat(2_000)}"${canaries.body}"` },
  { type: "text/plain", text: canaries.body },
  { type: "application/x-www-form-urlencoded", text: canaries.body.repeat(9_000) },
  { type: canaries.header, text: `\u0000\u00ff${canaries.body}` },
];

const framings = [
  (text: string) => [`Content-Length: ${Buffer.byteLength(text)}`, "", text],
  (text: string) => ["Transfer-Encoding: chunked", "", text, "0", "", ""],
  (text: string) => [
    "Transfer-Encoding: chunked",
    "",
    Buffer.byteLength(text).toString(16),
    text,
    "0",
    "",
    "",
  ],
  (text: string) => [`Content-Length: ${Buffer.byteLength(text) + 5}`, "", text],
  (text: string) => [`Content-Length: ${canaries.header}`, "", text],
  (text: string) => ["Content-Length: 2", `Content-Length: ${text.length}`, "", text],
  (text: string) => [
    `Content-Encoding: ${canaries.header}`,
    `Content-Length: ${text.length}`,
    "",
    text,
  ],
];

const extraHeaders = [
  `X-Canary: ${canaries.header}`,
  `X-Canary : ${canaries.header}`,
  `X-Canary: ${canaries.header.repeat(1_200)}`,
  `Accept: ${canaries.header}`,
  `Origin: ${canaries.header}`,
  `X-Forwarded-For: ${canaries.header}`,
  `Host: ${canaries.header}`,
  `Expect: ${canaries.header}`,
  `Upgrade: ${canaries.header}`,
  `X-C${canaries.header}\u0001: 1`,
];

const broken = fc.record({
  method: fc.constantFrom(
    "GET",
    "POST",
    "POST",
    "PUT",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    canaries.header,
  ),
  target: fc.constantFrom(...targets),
  version: fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/9.9", canaries.header),
  extra: fc.subarray(extraHeaders, { maxLength: 2 }),
  accept: fc.constantFrom("text/html", "application/json"),
  body: fc.constantFrom(...bodies),
  framing: fc.constantFrom(...framings),
});

function writeRequest(
  cookie: string,
  given: typeof broken extends fc.Arbitrary<infer T> ? T : never,
) {
  const { method, target, version, extra, accept, body, framing } = given;
  return [
    `${method} ${target} ${version}`,
    "Host: localhost",
    "Sec-Fetch-Site: same-origin",
    `Accept: ${accept}`,
    `Cookie: ${cookie}; other=${canaries.cookie}`,
    `Authorization: Bearer ${canaries.bearer}`,
    `Content-Type: ${body.type}`,
    ...extra,
    "Connection: close",
    ...framing(body.text),
  ].join("\r\n");
}

/** Sends bytes unchanged. @returns the answer until the connection ends */
async function exchange({ baseUrl }: RunningApplication, text: string): Promise<string> {
  const socket = connect(Number(new URL(baseUrl).port), "127.0.0.1").setEncoding("utf8");
  let answer = "";
  await new Promise<void>((resolve) => {
    socket.on("error", () => undefined).on("close", () => resolve());
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.write(text);
  });
  return answer;
}

const findLeaks = (text: string, places: readonly string[] = Object.values(canaries)) =>
  places.filter((canary) => text.includes(canary));

describe("SE25 a secret of a request", () => {
  it("is in no log and in no answer, however broken the request is", async () => {
    const { cookie } = await application.createSessionCookie(await application.createPerson());
    const [, id = "-"] = /=([\w-]{20,})/.exec(cookie) ?? [];
    const samples = fc.sample(broken, { numRuns: 400, seed: 20_261_130 });
    const before = application.logged().length;
    const leaks: string[] = [];
    let sent = 0;
    for (let start = 0; start < samples.length; start += 40) {
      const requests = samples.slice(start, start + 40).map((each) => writeRequest(cookie, each));
      const answers = await Promise.all(requests.map((text) => exchange(application, text)));
      for (const [index, answer] of answers.entries()) {
        sent += requests[index]?.length ?? 0;
        const found = findLeaks(answer, [...neverShown, id]);
        if (found.length > 0)
          leaks.push(
            `${found.join()} of ${requests[index]?.slice(0, 200)}: ${answer.slice(0, 60)}`,
          );
        if (answer.startsWith("HTTP/1.1 5"))
          leaks.push(`${requests[index]?.slice(0, 300)}: ${answer.slice(0, 60)}`);
      }
    }
    expect(leaks).toEqual([]);
    const log = application.logged().slice(before);
    expect(findLeaks(log)).toEqual([]);
    expect(log).not.toContain(id);
    expect(log.length).toBeLessThan(sent);
    for (const line of log.split("\n")) expect(line.length).toBeLessThan(5_000);
  });

  it("is in no log, for any value that a handler throws", async () => {
    const { database } = application;
    const { unscoped } = database;
    const canary = canaries.body;
    const { id } = await application.createPerson();
    const invalid = (value: unknown): never => value as never;
    const faults: (() => unknown)[] = [
      () => unscoped.user.findUnique({ where: { id: canary } }),
      () => unscoped.user.findUnique({ where: invalid({ bogus: canary }) }),
      () =>
        unscoped.user.create({
          data: invalid({ id, issuer: canary, subject: canary, name: canary }),
        }),
      () =>
        unscoped.user.create({ data: { issuer: canary, subject: canary, name: `${canary}\0` } }),
      () =>
        unscoped.user.update({ where: { id: canary.padStart(36, "0") }, data: { name: canary } }),
      () => unscoped.$queryRaw`select ${canary}::uuid`,
      () => unscoped.$queryRaw`select ${`{${canary}`}::text[]`,
      () => unscoped.$executeRaw`do ${canary}`,
      () => database.queryPrepared("leak-uuid", "select $1::uuid", [canary]),
      () => database.queryPrepared("leak-regexp", "select 'x' ~ $1", [`(${canary}`]),
      () =>
        database.queryPrepared(
          "leak-users",
          "insert into users (id, issuer, subject) values ($1, $2, $2)",
          [id, canary],
        ),
      // test/runtime/describe-error.test.ts has more errors that are not of a database.
      () => fetch(`http://127.0.0.1:9/${canary}`, { headers: { Authorization: canary } }),
    ];
    for (const [index, fail] of faults.entries()) {
      const { request, logged } = createSmallApplication({
        routes: [
          route({
            method: "GET",
            path: "/things/:token",
            access: "public",
            statuses: [200],
            async handler() {
              await fail();
              return { status: 200, body: "no fault" };
            },
          }),
        ],
      });
      const answer = await request
        .get(`/things/${canaries.token}?q=${canaries.query}`)
        .set("Cookie", `session=${canaries.cookie}`)
        .set("Authorization", `Bearer ${canaries.bearer}`);
      const name = `${index}: ${String(fail)}`;
      const isFault = answer.status === 500;
      expect(logged().includes('"msg":"fault"'), name).toBe(isFault);
      expect(findLeaks(logged() + answer.text), name).toEqual([]);
    }
  });
});
