import { describe, expect, it } from "vitest";

import { huggingFaceOrigin } from "../../src/hugging-face/join-origin.ts";
import { approveRequest } from "../../src/join-requests/join-request.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { type Person, useApplication } from "../support/application.ts";
import { placeAt } from "../support/hugging-face.ts";
import { findForms } from "../support/page-forms.ts";
import { markDeleted } from "../support/world.ts";
import { connectWorld } from "./world.ts";

const application = useApplication();

/** A person's list of organizations, with the forms by which they can join. */
async function readJoinOptions(person: Person) {
  const agent = await application.signInAs(person);
  const { text: html } = await agent.get("/organizations").expect(200);
  const forms = findForms({ html, url: `${application.baseUrl}/organizations` });
  return {
    agent,
    html,
    joinOptions: forms.filter(({ action }) => action.includes("/hugging-face/")),
  };
}

async function readRequest(person: Person) {
  const [row] = await application.query<{ id: string; status: string; role: string }>(
    "select id, status, role from join_requests where user_id = $1",
    [person.id],
  );
  return row;
}

const unscopedPath = (action: string) => action.slice(application.baseUrl.length);

describe("GET /organizations", () => {
  it("offers the connected organizations of the person's work, and joining works", async () => {
    const { organization, createWorker, readHistory, readEvents } = await connectWorld(application);
    const person = await createWorker();
    const { agent, html, joinOptions } = await readJoinOptions(person);
    expect(html).toContain(organization.name);
    expect(html).toContain("You work in Orbital Works at Hugging Face.");
    expect(html).toMatch(/>\s*Join\s*</);
    const answer = await agent
      .post(unscopedPath(joinOptions[0]?.action ?? ""))
      .type("form")
      .send({});
    expect([answer.status, answer.headers["location"]]).toEqual([303, `/o/${organization.slug}`]);
    expect(await readHistory(person)).toEqual({
      role: "member",
      isSuspended: false,
      grantedRole: "member",
    });
    expect(await readEvents(person)).toEqual([
      {
        action: "member.joined",
        actorId: person.id,
        details: { role: "member", via: "hugging_face", organization: "orbital-works" },
      },
    ]);
    expect((await readJoinOptions(person)).joinOptions).toEqual([]);
  });

  it("offers a request if an admin decides, and then says that they asked", async () => {
    const { createWorker, readHistory } = await connectWorld(application, { mode: "request" });
    const person = await createWorker({ role: "read" });
    const { agent, html, joinOptions } = await readJoinOptions(person);
    expect(html).toContain("Ask to join");
    const answer = await agent
      .post(unscopedPath(joinOptions[0]?.action ?? ""))
      .type("form")
      .send({});
    expect(answer.headers["location"]).toBe("/organizations");
    expect(await readHistory(person)).toBeUndefined();
    expect(await readRequest(person)).toMatchObject({ status: "pending", role: "viewer" });
    const after = await readJoinOptions(person);
    expect(after.html).toContain("and asked to join. An admin will decide.");
    expect(after.joinOptions).toEqual([]);
  });

  it.each([
    ["they do not count as a member there", { isActive: false }, {}],
    ["their role there gives no place", { role: "read" as const }, { readRole: null }],
  ])("offers nothing if %s", async (_case, change, rules) => {
    const { createWorker } = await connectWorld(application, rules);
    expect((await readJoinOptions(await createWorker(change))).joinOptions).toEqual([]);
  });

  it("offers no deleted organization, and none where the person is a member, suspended or not", async () => {
    const deleted = await connectWorld(application);
    await markDeleted(application, deleted.organization);
    expect((await readJoinOptions(await deleted.createWorker())).joinOptions).toEqual([]);
    const { organization, createWorker, join } = await connectWorld(application);
    const person = await createWorker();
    await join(person);
    await application.query(
      "update memberships set suspended_at = now() where organization_id = $1 and user_id = $2",
      [organization.id, person.id],
    );
    expect((await readJoinOptions(person)).joinOptions).toEqual([]);
    expect(await attempt(join(person))).toBe("membership.suspended_there");
  });
});

describe("POST /organizations/:organizationId/hugging-face/:subject/joining", () => {
  it("is 404 without a place by that connection, and for an unknown connection or organization", async () => {
    const mine = await connectWorld(application);
    const other = await connectWorld(application);
    const worker = await mine.createWorker();
    const stranger = await application.createPerson();
    const inactive = await mine.createWorker({ isActive: false });
    const nowhere = { id: "0198c3a2-7b1e-7c55-9a2f-3d1f0c9be7aa", slug: "x", name: "x" };
    expect(await attempt(mine.join(stranger))).toBe("request.not_found");
    expect(await attempt(mine.join(inactive))).toBe("request.not_found");
    expect(await attempt(mine.join(worker, other.organization))).toBe("request.not_found");
    expect(await attempt(mine.join(worker, nowhere))).toBe("request.not_found");
    expect(await attempt(mine.join(worker))).toBe("done");
  });
});

describe("a request to join by Hugging Face", () => {
  async function ask() {
    const world = await connectWorld(application, { mode: "request" });
    const person = await world.createWorker();
    await world.join(person);
    const request = await readRequest(person);
    const approve = () =>
      approveRequest(
        application.database,
        actorIn(world.owner, world.organization),
        { id: request?.id ?? "" },
        [huggingFaceOrigin],
      );
    return { ...world, person, approve };
  }

  it("makes a member who follows Hugging Face, with their role at the approval", async () => {
    const { person, approve, work, readHistory, readEvents, signIn } = await ask();
    await work(person, { role: "read", handle: "renamed" });
    await approve();
    expect(await readHistory(person)).toEqual({
      role: "viewer",
      isSuspended: false,
      grantedRole: "viewer",
    });
    expect((await readEvents(person)).at(-1)).toMatchObject({
      action: "member.joined",
      details: { role: "viewer", via: "hugging_face", organization: "renamed" },
    });
    await work(person, null);
    await signIn(person);
    expect(await readHistory(person)).toMatchObject({ isSuspended: true });
  });

  it("is void after the person left there, or the connection ended", async () => {
    const out = await ask();
    await out.work(out.person, null);
    expect(await attempt(out.approve())).toBe("join_request.void");
    const disconnected = await ask();
    await application.query("delete from hugging_face_connections where subject = $1", [
      disconnected.subject,
    ]);
    expect(await attempt(disconnected.approve())).toBe("join_request.void");
    expect(await disconnected.readHistory(disconnected.person)).toBeUndefined();
  });

  it("does not link the membership of a person who became a member in another way", async () => {
    const { organization, person, approve, readHistory } = await ask();
    await application.addMember(organization, person, "member");
    await approve();
    expect(await readHistory(person)).toMatchObject({ role: "member", grantedRole: null });
  });

  it("names the organization in which the person works", async () => {
    const { organization, person, subject } = await ask();
    const request = {
      organizationId: organization.id,
      userId: person.id,
      role: "member" as const,
      origin: "hugging_face",
    };
    const describeWith = (originId: string) =>
      application.database.forOrganization(organization.id, (tx) =>
        huggingFaceOrigin.describe(tx, { ...request, originId }),
      );
    expect(await describeWith(subject)).toBe(
      "works in Orbital Works (@orbital-works) at Hugging Face",
    );
    expect(await describeWith(placeAt("gone").id)).toContain("connected no longer");
  });
});
