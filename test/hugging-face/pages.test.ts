import { describe, expect, it } from "vitest";

import { createSealers } from "../../src/hugging-face/authorization.ts";
import { useApplication } from "../support/application.ts";
import { assembleColleagues } from "../support/colleagues.ts";
import { connectHuggingFace, inventSubject, linkHuggingFace } from "../support/hugging-face.ts";
import { readEvents as readAllEvents } from "../support/world.ts";
import { connectWorld } from "./world.ts";

const application = useApplication();

const readConnections = (organizationId: string) =>
  application.query(
    "select subject, handle, name, mode, admin_role, write_role, contributor_role, read_role from hugging_face_connections where organization_id = $1 order by created_at",
    [organizationId],
  );

const readEvents = async (id: string) =>
  (await readAllEvents(application, { id }, "hugging_face.")).map(({ action, details }) => ({
    action,
    details,
  }));

const rules = {
  mode: "automatic",
  adminRole: "admin",
  writeRole: "member",
  contributorRole: "viewer",
  readRole: "",
};

const sealers = () => createSealers(application.config.sessions.secrets);
const orbital = { handle: "orbital-works", name: "Orbital Works" };

describe("GET /o/:slug/hugging-face", () => {
  it("is linked from the page of all ways to join, and shows each connection with its rules and number of members", async () => {
    const { owner, organization, createWorker, join } = await connectWorld(application);
    await join(await createWorker());
    const agent = await application.signInAs(owner);
    const joining = await agent.get(`/o/${organization.slug}/joining`).expect(200);
    expect(joining.text).toContain(`href="/o/${organization.slug}/hugging-face"`);
    const { text } = await agent.get(`/o/${organization.slug}/hugging-face`).expect(200);
    expect(text).toContain("Orbital Works");
    expect(text).toContain("@orbital-works · 1 member joined through it");
    expect(text).toMatch(/<option value="offer" selected/);
  });

  it("says which settings are missing, and offers nothing", async () => {
    const { organization, people } = await assembleColleagues(application);
    await linkHuggingFace(application, people.admin.person, []);
    const path = `/o/${organization.slug}/hugging-face`;
    const { text } = await people.admin.agent.get(path);
    expect(text).toContain("HUGGINGFACE_CLIENT_ID");
    expect(text).not.toContain("Go to Hugging Face");
    const answer = await people.admin.agent.post(`${path}/authorization`).type("form").send({});
    expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
  });
});

describe("POST /o/:slug/hugging-face/:subject/rules", () => {
  it("changes mode and roles, with an event", async () => {
    const { owner, organization, subject } = await connectWorld(application);
    const agent = await application.signInAs(owner);
    const path = `/o/${organization.slug}/hugging-face`;
    const answer = await agent.post(`${path}/${subject}/rules`).type("form").send(rules);
    expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
    expect((await agent.get(path)).text).toContain("The rules were saved.");
    expect(await readConnections(organization.id)).toMatchObject([
      { mode: "automatic", contributor_role: "viewer", read_role: null },
    ]);
    await agent.post(`${path}/${subject}/rules`).type("form").send(rules).expect(303);
    expect(await readEvents(organization.id)).toEqual([
      {
        action: "hugging_face.rules_changed",
        details: { ...orbital, ...rules, readRole: null },
      },
    ]);
  });

  it.each([
    ["adminRole", "owner"],
    ["readRole", "owner"],
    ["writeRole", "king"],
    ["mode", "always"],
  ])("refuses %s %s, beside the field, and keeps the values", async (field, value) => {
    const { owner, organization, subject } = await connectWorld(application);
    const before = await readConnections(organization.id);
    const agent = await application.signInAs(owner);
    const answer = await agent
      .post(`/o/${organization.slug}/hugging-face/${subject}/rules`)
      .type("form")
      .send({ ...rules, contributorRole: "viewer", [field]: value });
    expect(answer.status).toBe(422);
    const id = `field-${subject}-${field}`;
    expect(answer.text).toContain(`aria-describedby="${id}-error"`);
    const select = new RegExp(`id="field-${subject}-contributorRole"(?:(?!</select>)[^])*`);
    expect(select.exec(answer.text)?.[0]).toContain('<option value="viewer" selected');
    expect(await readConnections(organization.id)).toEqual(before);
  });
});

describe("POST /o/:slug/hugging-face/:subject/removal", () => {
  it("ends the connection; its members stay as they are, and follow it no longer", async () => {
    const world = await connectWorld(application);
    const [active, suspended] = [await world.createWorker(), await world.createWorker()];
    for (const person of [active, suspended]) await world.join(person);
    await world.work(suspended, null);
    await world.signIn(suspended);
    const agent = await application.signInAs(world.owner);
    const { slug, id } = world.organization;
    await agent
      .post(`/o/${slug}/hugging-face/${world.subject}/removal`)
      .type("form")
      .send({})
      .expect(303);
    expect(await readConnections(id)).toEqual([]);
    const own = { role: "member", grantedRole: null };
    expect(await world.readHistory(active)).toEqual({ ...own, isSuspended: false });
    expect(await world.readHistory(suspended)).toEqual({ ...own, isSuspended: true });
    expect(await readEvents(id)).toEqual([
      { action: "hugging_face.disconnected", details: orbital },
    ]);
  });
});

describe("POST /o/:slug/hugging-face", () => {
  async function setUp() {
    const { organization, people, foreign } = await assembleColleagues(application);
    const { person, agent } = people.admin;
    const chosen = { subject: inventSubject(), ...orbital };
    const started = { organizationId: organization.id, userId: person.id };
    return {
      organization,
      foreign,
      people,
      value: { ...started, ...chosen },
      send: (choice: string) =>
        agent.post(`/o/${organization.slug}/hugging-face`).type("form").send({ choice }),
    };
  }

  it("connects an organization of which Hugging Face named the person an admin, with an event", async () => {
    const { organization, value, send } = await setUp();
    const answer = await send(await sealers().choices.seal(value));
    expect(answer.headers["location"]).toBe(`/o/${organization.slug}/hugging-face`);
    expect(await readConnections(organization.id)).toEqual([
      {
        subject: value.subject,
        ...orbital,
        mode: "offer",
        admin_role: "admin",
        write_role: "member",
        contributor_role: "member",
        read_role: "viewer",
      },
    ]);
    expect(await readEvents(organization.id)).toEqual([
      { action: "hugging_face.connected", details: orbital },
    ]);
  });

  it("updates the name of an existing connection, and keeps its rules", async () => {
    const { organization, value, send } = await setUp();
    await connectHuggingFace(application, organization, {
      subject: value.subject,
      mode: "automatic",
    });
    for (let time = 0; time < 2; time += 1) {
      await send(await sealers().choices.seal({ ...value, handle: "orbital" })).expect(303);
    }
    expect(await readConnections(organization.id)).toMatchObject([
      { handle: "orbital", mode: "automatic" },
    ]);
    expect(await readEvents(organization.id)).toEqual([
      { action: "hugging_face.renamed", details: { ...orbital, handle: "orbital" } },
    ]);
  });

  it("refuses a choice that is forged, or of another person, organization or purpose", async () => {
    const { organization, foreign, people, value, send } = await setUp();
    const { choices, roundTrips } = sealers();
    const secrets = { state: "s", nonce: "n", codeVerifier: "v" };
    const strangers = [
      "made up",
      await createSealers(["another secret"]).choices.seal(value),
      await choices.seal({ ...value, userId: people.owner.person.id }),
      await choices.seal({ ...value, organizationId: foreign.id }),
      await roundTrips.seal({ ...value, ...secrets }),
    ];
    for (const choice of strangers) {
      const { status, text } = await send(choice);
      expect(status).toBe(410);
      expect(text).toContain("This choice has expired");
      expect(text).toContain(`href="/o/${organization.slug}/hugging-face"`);
    }
    expect(await readConnections(organization.id)).toEqual([]);
  });

  it("connects once if it is sent 20 times at once", async () => {
    const { organization, value, send } = await setUp();
    const choice = await sealers().choices.seal(value);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(choice)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await readConnections(organization.id)).toHaveLength(1);
    expect(await readEvents(organization.id)).toHaveLength(1);
  });
});

describe("a person who works in a connected organization", () => {
  it("sees its connection, and no other", async () => {
    await connectWorld(application);
    const { organization, createWorker } = await connectWorld(application);
    const worker = await createWorker();
    const seen = await application.database.forUser(worker.id, (tx) =>
      tx.huggingFaceConnection.findMany(),
    );
    expect(seen.map(({ organizationId }) => organizationId)).toEqual([organization.id]);
  });
});

describe("POST /o/:slug/hugging-face/authorization, while Hugging Face is away", () => {
  const away = useApplication({
    environment: {
      HUGGINGFACE_ENDPOINT: "http://127.0.0.1:9",
      HUGGINGFACE_CLIENT_ID: "ours",
      HUGGINGFACE_CLIENT_SECRET: "only for tests",
    },
  });

  it("says so on a page with a link back, and changes nothing", async () => {
    const { owner, organization } = await connectWorld(away);
    await linkHuggingFace(away, owner, []);
    const agent = await away.signInAs(owner);
    const path = `/o/${organization.slug}/hugging-face`;
    expect((await agent.get(path)).text).toContain("Go to Hugging Face");
    const answer = await agent.post(`${path}/authorization`).type("form").send({});
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("10");
    expect(answer.text).toContain("Hugging Face does not answer");
    expect(answer.text).toContain(`href="${path}"`);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});
