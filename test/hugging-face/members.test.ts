import { afterAll, afterEach, describe, expect, it } from "vitest";

import { suspendMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { type Person, useApplication } from "../support/application.ts";
import {
  type Fault,
  type FaultyHuggingFace,
  startFaultyHuggingFace,
} from "./faulty-hugging-face.ts";
import { orbital } from "./visitor.ts";
import { connectWorld } from "./world.ts";

// Nobody signs in: an admin gave a token, and Hugging Face is asked who works there.

let huggingFace: FaultyHuggingFace;
const application = useApplication({
  async identityProvider() {
    huggingFace = await startFaultyHuggingFace();
    const environment = { HUGGINGFACE_ENDPOINT: huggingFace.issuer };
    return { endpoint: "http://127.0.0.1:9", appId: "app", appSecret: "secret", environment };
  },
});
afterEach(() => huggingFace.faults.clear());
afterAll(() => huggingFace.stop());

const whoami = "/api/whoami-v2";
const list = "/api/organizations/orbital-works/members";

const subjectOf = (handle: string) => huggingFace.world.findPerson(handle)?.sub ?? "";
const tokenOf = (handle: string) => {
  const person = huggingFace.world.findPerson(handle);
  return (person && huggingFace.world.findAccessToken(person)) ?? "";
};
const change = (handle: string, role: "admin" | "write" | "read" | null) =>
  huggingFace.world.setMembership(handle, "orbital-works", role && { roleInOrg: role });

/** An organization with two members who came by Orbital Works, and a token of Katherine's. */
async function setUp({ token = tokenOf("katherine") } = {}) {
  change("mary", "write");
  change("valentina", "read");
  const world = await connectWorld(application, { subject: orbital });
  const join = async (handle: string, role: "write" | "read") => {
    const person = await world.createWorker({ role });
    await application.query("update identities set subject = $2 where user_id = $1", [
      person.id,
      subjectOf(handle),
    ]);
    await world.join(person);
    return person;
  };
  const mary = await join("mary", "write");
  const valentina = await join("valentina", "read");
  const agent = await application.signInAs(world.owner);
  const path = `/o/${world.organization.slug}/hugging-face`;
  const send = (what: string, fields = {}) =>
    agent.post(`${path}/${orbital}/${what}`).type("form").send(fields);
  await send("token", { token }).expect(303);
  await application.deliverMail();
  const job = `hugging-face:${world.organization.id}:${orbital}`;
  return {
    ...world,
    job,
    mary,
    valentina,
    send,
    async show() {
      const { text } = await agent.get(path);
      return text;
    },
    /** The next time that it is asked. @returns how both stand then */
    async ask() {
      await application.query(
        "update graphile_worker._private_jobs set run_at = now() where key = $1",
        [job],
      );
      await application.deliverMail();
      return [await world.readHistory(mary), await world.readHistory(valentina)];
    },
    suspend: ({ id: userId }: Person) =>
      suspendMember(application.database, actorIn(world.owner, world.organization), { userId }),
  };
}

const member = { role: "member", isSuspended: false, grantedRole: "member" };
const viewer = { role: "viewer", isSuspended: false, grantedRole: "viewer" };
const suspended = { ...member, isSuspended: true };

const json =
  (work: (all: Record<string, unknown>[]) => object[]): Fault =>
  (answer) => ({ ...answer, body: JSON.stringify(work(JSON.parse(answer.body))) });

describe("the members of a connected organization", () => {
  it("are suspended, restored and given other roles without a sign-in", async () => {
    huggingFace.world.membersPerPage = 1;
    const { ask, show, readEvents, mary, ...world } = await setUp();
    expect(await show()).toContain("Hugging Face last listed the members on");
    change("mary", null);
    change("valentina", "admin");
    const admin = { ...viewer, role: "admin", grantedRole: "admin" };
    expect(await ask()).toEqual([suspended, admin]);
    // While Hugging Face is away, what Mary let it tell before is older than the list.
    await application.query(
      "update identities set confirmed_at = now() - interval '25 hours' where user_id = $1",
      [mary.id],
    );
    await world.signIn(mary);
    expect(await world.readHistory(mary)).toEqual(suspended);
    change("mary", "write");
    change("valentina", "read");
    expect(await ask()).toEqual([member, viewer]);
    expect((await readEvents(mary)).slice(1)).toMatchObject([
      { action: "member.suspended", actorId: null, details: { via: "hugging_face" } },
      { action: "member.reinstated", actorId: null },
    ]);
    huggingFace.world.membersPerPage = 100;
  });

  it("keep the decisions of an admin here", async () => {
    const { ask, suspend, mary } = await setUp();
    await suspend(mary);
    expect(await ask()).toEqual([suspended, viewer]);
    change("mary", null);
    await ask();
    change("mary", "write");
    expect(await ask()).toEqual([suspended, viewer]);
  });

  it("are found after their organization was renamed", async () => {
    const { ask } = await setUp();
    huggingFace.world.rename("orbital-works", "orbital");
    huggingFace.world.setMembership("mary", "orbital", null);
    expect(await ask()).toEqual([suspended, viewer]);
    huggingFace.world.rename("orbital", "orbital-works");
  });

  it("only have to be on the list if it has no roles", async () => {
    const { ask } = await setUp();
    huggingFace.faults.set(
      list,
      json((all) => all.map(({ role: _role, ...rest }) => rest)),
    );
    change("mary", null);
    change("valentina", "admin");
    expect(await ask()).toEqual([suspended, viewer]);
  });

  it.each<[string, string, Fault, string]>([
    ["is away", whoami, "broken", "did not answer"],
    ["is away in the middle", list, { status: 503 }, "did not answer"],
    ["wants less of us", list, { status: 429 }, "did not answer"],
    ["refuses the token", whoami, { status: 401 }, "refuses the token"],
    ["may not tell", list, { status: 403 }, "refuses the token"],
    ["answers a page", list, { body: "<html>" }, "does not show all of its members"],
    ["names nobody", list, { body: "[]" }, "does not show all of its members"],
    [
      "leaves out whose token it is",
      list,
      json((all) => all.filter(({ user }) => user !== "katherine")),
      "does not show all of its members",
    ],
    [
      "names someone without an id",
      list,
      json((all) => [...all, { user: "x" }]),
      "does not show all of its members",
    ],
    ["does not find it", list, { status: 404 }, "does not show all of its members"],
  ])("stay as they are if Hugging Face %s", async (_case, path, fault, reason) => {
    const { ask, show } = await setUp();
    huggingFace.faults.set(path, fault);
    change("mary", null);
    change("valentina", "admin");
    expect(await ask()).toEqual([member, viewer]);
    expect(await show()).toContain(reason);
    // It is asked again.
    huggingFace.faults.clear();
    expect((await ask())[0]).toEqual(suspended);
  });
});

describe("the token of a connection", () => {
  it("is not trusted if its owner is no member", async () => {
    const { ask, show } = await setUp({ token: tokenOf("ada") });
    change("mary", null);
    expect(await ask()).toEqual([member, viewer]);
    expect(await show()).toContain("not in this organization");
  });

  it("is stored sealed, and neither shown nor logged", async () => {
    const { show, organization } = await setUp();
    const token = tokenOf("katherine");
    expect(await show()).not.toContain(token);
    expect(application.logged()).not.toContain(token);
    const dump = await application.query<{ row: string }>(
      `select c::text || coalesce((select string_agg(e::text, '') from audit_events e
                                    where e.organization_id = c.organization_id), '') as row
         from hugging_face_connections c where organization_id = $1`,
      [organization.id],
    );
    expect(dump[0]?.row).toContain("hugging_face.token_saved");
    expect(dump[0]?.row).not.toContain(token);
  });

  it("can be removed, and then we do not ask", async () => {
    const { ask, send, show, job } = await setUp();
    await send("token/removal").expect(303);
    await send("token/removal").expect(303);
    change("mary", null);
    huggingFace.asked.length = 0;
    expect(await ask()).toEqual([member, viewer]);
    expect(huggingFace.asked).toEqual([]);
    expect(await show()).not.toContain("Remove token");
    const next = "select from graphile_worker.jobs where key = $1";
    expect(await application.query(next, [job])).toEqual([]);
  });

  it("is refused in a wrong format, and not repeated on the page", async () => {
    const { send } = await setUp();
    const answer = await send("token", { token: "Bearer secret" });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("A Hugging Face token begins with hf_.");
    expect(answer.text).not.toContain("Bearer secret");
  });
});
