import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { listen, type Listener } from "../../src/database/listen.ts";
import { streamsOfPerson } from "../../src/live/limits.ts";
import { usualPace } from "../../src/live/stream.ts";
import { useApplication } from "../support/application.ts";
import type { Colleague } from "../support/colleagues.ts";
import { markDeleted } from "../support/world.ts";
import { assemble, type World } from "../memberships/world.ts";
import { openStream, type Stream } from "./streams.ts";

const pace = { ...usualPace, settling: 20, memory: 0 };
const application = useApplication({ dependencies: { context: { pace } } });
let second: Awaited<ReturnType<typeof application.startSecond>>;
/** As long as the second instance has this stream, it listens. */
let lasting: Stream & { organizationId: string };
let world: World;

beforeAll(async () => {
  second = await application.startSecond();
  const { organization, people } = await assemble(application);
  const session = await application.createSessionCookie(people.owner.person);
  const stream = await openStream(second, `/o/${organization.slug}/live/members`, session);
  await vi.waitUntil(() => stream.said.includes("changed"), 10_000);
  lasting = { ...stream, organizationId: organization.id };
});
afterAll(() => second.stop());
beforeEach(async () => {
  world = await assemble(application);
  // Notices come in the order of their transactions: those of the new world have come before this one.
  lasting.said.length = 0;
  await application.query("select pg_notify('live', $1)", [`members ${lasting.organizationId}`]);
  await vi.waitUntil(() => lasting.said.length > 0, 10_000);
});

/** Opens a list of the organization for a person at the second instance. */
async function follow({ person }: Colleague, list = "members", path = world.path) {
  const session = await application.createSessionCookie(person);
  const stream = await openStream(second, `${path}/live/${list}`, session);
  return Object.assign(stream, { session });
}

const changeRole = ({ person }: Colleague, role: string) =>
  world.people.owner.agent
    .post(`${world.path}/members/${person.id}/role`)
    .type("form")
    .send({ role });

async function hear(stream: Stream, ...said: string[]): Promise<void> {
  await expect.poll(() => [...new Set(stream.said)], { timeout: 10_000 }).toEqual(said);
}

describe("an open list", () => {
  it("FA28 hears on one instance of a change that another one makes, and only of its own organization and list", async () => {
    const { owner, member, viewer } = world.people;
    const streams = {
      members: await follow(member),
      invitations: await follow(owner, "invitations"),
      requests: await follow(owner, "join-requests"),
      foreign: await follow(world.outsider, "members", `/o/${world.foreign.slug}`),
    };
    for (const { status, type } of Object.values(streams)) {
      expect([status, type]).toEqual([200, "text/event-stream; charset=utf-8"]);
    }
    expect((await changeRole(viewer, "member")).status).toBe(303);
    await hear(streams.members, "changed");
    await owner.agent
      .post(`${world.path}/invitations`)
      .type("form")
      .send({ recipients: "new@example.com", role: "member", days: "7" })
      .expect(303);
    await hear(streams.invitations, "changed");
    expect([streams.requests.said, streams.foreign.said]).toEqual([[], []]);
    Object.values(streams).forEach((stream) => stream.close());
  });

  const endings: [string, string, (reader: Colleague, sessionId: string) => Promise<unknown>][] = [
    ["was removed", "members", ({ person }) => act(person.id, "removal")],
    ["was removed, on another list", "join-requests", ({ person }) => act(person.id, "removal")],
    ["was suspended", "members", ({ person }) => act(person.id, "suspension")],
    ["may not read it any more", "invitations", (reader) => changeRole(reader, "member")],
    ["signed out", "members", ({ agent }) => agent.post("/sign-out")],
    [
      "lost this session",
      "members",
      (_reader, id) =>
        application.query("update sessions set revoked_at = now() where id_hash = sha256($1)", [
          id,
        ]),
    ],
    [
      "lost all sessions",
      "members",
      ({ person }) =>
        application.query("update users set sessions_valid_after = now() where id = $1", [
          person.id,
        ]),
    ],
    ["lost the organization", "members", () => markDeleted(application, world.organization)],
  ];
  const act = (id: string, what: string) =>
    world.people.owner.agent.post(`${world.path}/members/${id}/${what}`).expect(303);

  it.each(endings)(
    "RB16 ends on every instance within two seconds once its reader %s",
    async (what, list, end) => {
      const reader = world.people.admin;
      const stream = await follow(reader, list);
      const { id, cookie } = stream.session;
      const elsewhere = await openStream(application, `${world.path}/live/${list}`, { cookie });
      await end(what === "signed out" ? { ...reader, agent: agentOf(cookie) } : reader, id);
      for (const each of [stream, elsewhere]) {
        await expect.poll(() => each.said.at(-1), { timeout: 10_000 }).toBe("over");
        await expect.poll(each.hasEnded).toBe(true);
      }
    },
  );

  /** A browser with an existing session. */
  const agentOf = (cookie: string) => application.visitor().set("Cookie", cookie);

  it("hears of changes again after the connection to the database was lost, and of what it may have missed", async () => {
    const stream = await follow(world.people.member);
    await application.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'live' and datname = current_database()",
    );
    await hear(stream, "changed");
    stream.said.length = 0;
    await changeRole(world.people.viewer, "member");
    await hear(stream, "changed");
    expect(stream.hasEnded()).toBe(false);
    stream.close();
  });

  it("AP19 is one of a dozen for each person; the next one follows when another is closed", async () => {
    const { member } = world.people;
    const { cookie } = await application.createSessionCookie(member.person);
    const open = () => openStream(second, `${world.path}/live/members`, { cookie });
    const streams = [];
    for (let count = 0; count < streamsOfPerson.most; count += 1) streams.push(await open());
    expect((await open()).status).toBe(429);
    streams.pop()?.close();
    await expect
      .poll(async () => {
        const stream = await open();
        streams.push(stream);
        return stream.status;
      })
      .toBe(200);
    streams.forEach((stream) => stream.close());
  });

  it("FA02 ends when its instance is about to stop, which does not wait for its connection", async () => {
    const third = await application.startSecond();
    const { cookie } = await application.createSessionCookie(world.people.member.person);
    const stream = await openStream(third, `${world.path}/live/members`, { cookie });
    expect(stream.connection).toBe("close");
    third.drain();
    // It waits for connections that are in use, and would wait for one that becomes idle now.
    await new Promise((resolve) => third.server.close(resolve));
    await expect.poll(stream.hasEnded).toBe(true);
  });

  it("leads a browser that opens its address to the page", async () => {
    const answer = await world.people.member.agent.get(`${world.path}/live/members`);
    expect([answer.status, answer.headers["location"]]).toEqual([303, `${world.path}/members`]);
  });
});

describe("a notice", () => {
  const notices: string[] = [];
  let listener: Listener;
  beforeAll(async () => {
    const ready = Promise.withResolvers<void>();
    listener = listen({
      url: application.config.jobs.databaseUrl,
      channel: "live",
      logger: { warn: () => undefined },
      onNotice: (notice) => notices.push(notice),
      onListening: ready.resolve,
    });
    await ready.promise;
  });
  afterAll(() => listener.close());

  it("PR07 says which kind of thing changed and where, and nothing about people; nothing else causes one", async () => {
    const { admin } = world.people;
    await application.query("select pg_notify('live', 'begin')");
    await expect.poll(() => notices.at(-1)).toBe("begin");
    notices.length = 0;
    await application.query("update organizations set name = 'Quiet' where id = $1", [
      world.organization.id,
    ]);
    await application.query("update sessions set last_seen_at = now()");
    await application.query("update sessions set revoked_at = now() where user_id = $1", [
      admin.person.id,
    ]);
    await expect.poll(() => notices).toEqual([`sessions ${admin.person.id}`]);
  });
});
