import { writeCursor } from "../../src/http/cursor-field.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { giveAddress, linkHuggingFace } from "../support/addresses.ts";
import { type Person, useApplication } from "../support/application.ts";
import { assemble, type World } from "./world.ts";

const application = useApplication();

const uuid = "0191d2c0-0000-7000-8000-000000000000";

/** One organization for tests that only read. */
let shared: World;
beforeAll(async () => {
  shared = await assemble(application);
});

/** Queries that the API and the page refuse. */
const malformedFilters = [
  "cursor=",
  "cursor=x",
  "cursor=a&cursor=b",
  "role=root",
  "role=owner,admin",
  "role=owner&role=admin",
  "search=a&search=b",
  `search=${"x".repeat(101)}`,
  "search=a%00b",
];

/** Queries that only the API refuses. */
const malformedForApi = [
  "limit=0",
  "limit=NaN",
  "limit=1.5",
  "limit=1&limit=2",
  "limit[]=1",
  "search[contains]=a",
  "organizationId=1",
  "__proto__=x",
];

type Answer = { members: { userId: string; role: string }[]; nextCursor: string | null };

describe("GET /api/v1/organizations/:slug/members", () => {
  it("lists all members to every member", async () => {
    const world = await assemble(application);
    const { owner, admin, member, viewer } = world.people;
    await application.query(
      "update users set username = 'ada', email = 'ada@example.test', avatar_url = 'https://example.test/a.png' where id = $1",
      [admin.person.id],
    );
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      member.person.id,
    ]);
    for (const { agent } of [owner, admin, viewer]) {
      const answer = await agent.get(`${world.api}/members`);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
      const { members, nextCursor } = answer.body as Answer;
      expect(nextCursor).toBeNull();
      expect(members.map(({ userId, role }) => [userId, role])).toEqual([
        [owner.person.id, "owner"],
        [admin.person.id, "admin"],
        [member.person.id, "member"],
        [viewer.person.id, "viewer"],
      ]);
      expect(members[1]).toEqual({
        userId: admin.person.id,
        name: admin.person.name,
        username: "ada",
        email: "ada@example.test",
        emailVerified: false,
        avatarUrl: "https://example.test/a.png",
        role: "admin",
        application: false,
        suspended: false,
        joinedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
      expect(members[2]).toMatchObject({ suspended: true });
    }
  });

  it("SI31 says whether an address is proven, also one from Hugging Face", async () => {
    const { organization, people, api } = await assemble(application);
    const { owner, admin, member, viewer } = people;
    await giveAddress(application, owner.person, { email: "owner@example.test" });
    await giveAddress(application, admin.person, { email: "a@example.test", isVerified: false });
    const link = (person: Person, email: string, isVerified: boolean) =>
      linkHuggingFace(application, person, { email, isVerified });
    // A proof of another address by Hugging Face does not count for the address at Logto.
    await link(admin.person, "admin@hf.example", true);
    await link(member.person, "member@hf.example", true);
    await link(viewer.person, "viewer@hf.example", false);
    const answer = await viewer.agent.get(`${api}/members`);
    const { members } = answer.body as {
      members: { email: string; emailVerified: boolean }[];
    };
    expect(members.map(({ email, emailVerified }) => [email, emailVerified])).toEqual([
      ["owner@example.test", true],
      ["a@example.test", false],
      ["member@hf.example", true],
      ["viewer@hf.example", false],
    ]);
    const { text } = await viewer.agent.get(`/o/${organization.slug}/members`);
    expect(new Set(text.match(/[^\s>]+ \(not verified\)/g))).toEqual(
      new Set(["a@example.test (not verified)", "viewer@hf.example (not verified)"]),
    );
  });

  it("continues on the next page with the same filters", async () => {
    const world = await assemble(application);
    for (let count = 0; count < 3; count += 1) await world.join("viewer");
    const { agent } = world.people.viewer;
    const query = { role: "viewer", search: "person", limit: "3" };
    const ask = async (more: object) =>
      (await agent.get(`${world.api}/members`).query({ ...query, ...more })).body as Answer;
    const first = await ask({});
    const second = await ask({ cursor: first.nextCursor });
    expect([first.members.length, second.members.length, second.nextCursor]).toEqual([3, 1, null]);
    const seen = [...first.members, ...second.members];
    expect(new Set(seen.map(({ userId }) => userId)).size).toBe(4);
    expect(new Set(seen.map(({ role }) => role))).toEqual(new Set(["viewer"]));
  });

  it("ignores empty filters, and lists up to 100 members at once", async () => {
    const world = await assemble(application);
    const { agent } = world.people.viewer;
    const answer = await agent.get(`${world.api}/members?search=&role=&limit=100`);
    expect((answer.body as Answer).members).toHaveLength(4);
  });

  it.each([...malformedFilters, ...malformedForApi])("AP06 AP07 is 400 for ?%s", async (query) => {
    const { agent } = shared.people.viewer;
    const answer = await agent.get(`${shared.api}/members?${query}`).accept("json");
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "request.malformed" });
  });

  it.each(malformedFilters)("AP06 AP07 is 400 on the page, too, for ?%s", async (query) => {
    const { agent } = shared.people.viewer;
    expect((await agent.get(`${shared.path}/members?${query}`)).status).toBe(400);
  });

  it("AP06 reads a made-up cursor as the position that it names, and shows nothing else", async () => {
    const { agent } = shared.people.viewer;
    const ask = async (time: string) => {
      const cursor = writeCursor({ time, id: uuid });
      const answer = await agent.get(`${shared.api}/members`).query({ cursor });
      return (answer.body as Answer).members.length;
    };
    expect(await ask("0001-01-01T00:00:00.000Z")).toBe(4);
    expect(await ask("9999-12-31T23:59:59.999Z")).toBe(0);
  });
});

describe("the API of members", () => {
  it("reports errors as problem+json, with every issue by its field", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const answer = await owner.agent
      .put(`${world.api}/members/${member.person.id}/role`)
      .accept("json")
      .send({ role: "root", userId: "1" });
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(answer.body).toMatchObject({ status: 422, code: "request.invalid" });
    const { issues } = answer.body as { issues: { field: string; message: string }[] };
    expect(issues).toContainEqual({ field: "role", message: "Please choose one of the roles." });
    expect(issues).toHaveLength(2);
  });
});
