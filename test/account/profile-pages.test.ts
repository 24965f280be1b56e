import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { useLogto } from "../logto/logto-world.ts";
import { type Agent, useApplication } from "../support/application.ts";

const world = useLogto();
const { application, provider } = world;

const userAnswer = z.object({ name: z.string().nullable(), avatar: z.string().nullable() });
const readThere = async (subject: string) =>
  userAnswer.parse(await provider.manage("GET", `/users/${subject}`));

async function signIn(name?: string) {
  const person = await world.createPerson(name);
  const agent = await application.signInAs(person);
  const save = (fields: Record<string, string>) =>
    agent.post("/account/profile").query({ account: person.id }).type("form").send(fields);
  return { person, agent, save };
}

const readNotice = async (agent: Agent) => (await agent.get("/account")).text;

describe("POST /account/profile", () => {
  it("changes name and picture at Logto, and the next page shows them", async () => {
    const { person, agent, save } = await signIn();
    const picture = "https://img.example/grace.png";
    const answer = await save({ name: "Grace  Hopper", picture, timeZone: "UTC" });
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toBe("/account");
    expect(await readThere(person.subject)).toEqual({ name: "Grace Hopper", avatar: picture });
    const { text } = await agent.get("/account");
    for (const part of ["Grace Hopper", picture, "Your profile is saved."]) {
      expect(text).toContain(part);
    }
    await save({ name: "", picture: "" });
    expect(await readThere(person.subject)).toEqual({ name: null, avatar: null });
  });

  it("leaves alone at Logto what did not change", async () => {
    const { person, save } = await signIn("Ada");
    const before = await provider.manage("GET", `/users/${person.subject}`);
    expect((await save({ name: "Ada", picture: "", timeZone: "Europe/Paris" })).status).toBe(303);
    expect(await provider.manage("GET", `/users/${person.subject}`)).toEqual(before);
  });

  it("shows times in the chosen time zone", async () => {
    const { person, agent, save } = await signIn();
    await save({ timeZone: "Asia/Kathmandu" });
    await application.query("update users set created_at = '2026-03-09T23:30:00Z' where id = $1", [
      person.id,
    ]);
    const { text } = await agent.get("/account");
    expect(text).toContain("Asia/Kathmandu");
    expect(text).toContain("March 10, 2026");
    expect((await agent.get("/account/sessions")).text).toContain("GMT+5:45");
  });

  it.each([
    ["name", "x".repeat(81), "at most 80"],
    ["name", "a\u202eb", "visible characters"],
    ["picture", "javascript:alert(1)", "https://"],
    ["picture", "http://img.example/a.png", "https://"],
    ["timeZone", "Mars/Olympus", "from the list"],
  ])("refuses a bad %s beside its field, and changes nothing", async (field, value, fault) => {
    const { person, save } = await signIn("Ada");
    const answer = await save({ name: "New", picture: "", timeZone: "UTC", [field]: value });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(new RegExp(`id="field-${field}-error"`));
    expect(answer.text).toContain(fault);
    expect(await readThere(person.subject)).toMatchObject({ name: "Ada" });
  });

  it("shows what Logto refuses beside the field that it refuses, and keeps what was typed", async () => {
    const { person, save } = await signIn("Ada");
    const name = "A name that Logto does not like";
    provider.logto.faults.set({ kind: "status", status: 422, methods: ["PATCH"] });
    const answer = await save({ name, picture: "" });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/id="field-name-error"/);
    expect(answer.text).toContain(name);
    provider.logto.faults.set({ kind: "status", status: 500, methods: ["PATCH"] });
    expect((await save({ name })).text).toContain("is not responding");
    provider.logto.faults.clear();
    expect(await readThere(person.subject)).toMatchObject({ name: "Ada" });
  });

  it("says that the change comes later if Logto has it and does not answer any more", async () => {
    const { person, agent, save } = await signIn("Ada");
    provider.logto.faults.set({ kind: "status", status: 500, methods: ["GET"], paths: "/api/" });
    try {
      expect((await save({ name: "Ada L." })).status).toBe(303);
    } finally {
      provider.logto.faults.clear();
    }
    expect(await readThere(person.subject)).toMatchObject({ name: "Ada L." });
    expect(await readNotice(agent)).toContain("will appear here in a while");
  });

  it("SI37 refuses a form of a page that was made for another account", async () => {
    const { agent } = await signIn();
    const { person: other } = await signIn("Other");
    const answer = await agent
      .post("/account/profile")
      .query({ account: other.id })
      .type("form")
      .send({ name: "Mallory" });
    expect(answer.status).toBe(409);
    expect(await readThere(other.subject)).toMatchObject({ name: "Other" });
  });
});

describe("GET /account/return", () => {
  it("shows at once what the person changed at Logto, before any webhook", async () => {
    const { person, agent } = await signIn();
    await provider.manage("PATCH", `/users/${person.subject}`, {
      primaryEmail: `new-${person.subject}@example.com`,
    });
    const answer = await agent.get("/account/return");
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toBe("/account");
    expect(await readNotice(agent)).toContain(
      `Your email address is now new-${person.subject}@example.com.`,
    );
  });

  it("SI37 reads the account of the session, and no other", async () => {
    const { agent } = await signIn();
    const other = await world.createPerson("Other");
    await provider.manage("PATCH", `/users/${other.subject}`, { name: "Changed" });
    await agent.get("/account/return");
    const [row] = await application.query("select name from users where id = $1", [other.id]);
    expect(row).toEqual({ name: "Other" });
  });

  it("says nothing when nothing changed, or a password, which is not mirrored", async () => {
    const { agent } = await signIn();
    await agent.get("/account/return");
    expect(await readNotice(agent)).not.toMatch(/role="status"/);
  });

  it("says that the change comes later while Logto does not answer", async () => {
    const { agent } = await signIn();
    provider.logto.faults.set({ kind: "down", paths: "/api/" });
    try {
      expect((await agent.get("/account/return")).status).toBe(303);
      expect(await readNotice(agent)).toContain("will appear here in a while");
    } finally {
      provider.logto.faults.clear();
    }
  });
});

describe("Hugging Face", () => {
  const read = async () =>
    z
      .array(z.object({ id: z.string(), target: z.string() }))
      .parse(await provider.manage("GET", "/connectors"))
      .find(({ target }) => target === "huggingface")?.id;

  it("is linked and unlinked on Logto's pages, which lead back to the account", async () => {
    const { agent } = await signIn();
    const base = `${application.config.logto.endpoint}/account/social/${await read()}`;
    const query = new URLSearchParams({ redirect: `${application.baseUrl}/account/return` });
    const link = await agent.get("/account/hugging-face/link");
    expect(link.headers["location"]).toBe(`${base}?${query}`);
    const { text } = await agent.get("/account/hugging-face/unlink");
    expect(text).toContain(`href="${base}/remove?${query}"`);
  });

  it("SI31 gives no trust to its address when it is linked", async () => {
    const { person, agent } = await signIn();
    const rawData = { sub: "hf-1", email: "boss@acme.example", email_verified: false };
    await provider.manage("PUT", `/users/${person.subject}/identities/huggingface`, {
      userId: "hf-1",
      details: { id: "hf-1", email: "boss@acme.example", rawData },
    });
    await agent.get("/account/return");
    expect(await readNotice(agent)).toContain("Your Hugging Face account is linked.");
    const [row] = await application.query(
      `select u.proven_email as own, i.email, i.proven_email as proven
         from users u join identities i on i.user_id = u.id where u.id = $1`,
      [person.id],
    );
    expect(row).toEqual({ own: null, email: "boss@acme.example", proven: null });
  });

  it("cannot be linked while Logto does not answer, and the page says so", async () => {
    const { agent } = await signIn();
    provider.logto.faults.set({ kind: "down", paths: "/api/" });
    try {
      const answer = await agent.get("/account/hugging-face/link");
      expect(answer.headers["location"]).toBe("/account");
      expect(await readNotice(agent)).toContain("cannot be linked right now");
    } finally {
      provider.logto.faults.clear();
    }
  });
});

describe("without access to the Management API", () => {
  const alone = useApplication();
  let agent: Agent;
  let personId: string;
  beforeAll(async () => {
    const person = await alone.createPerson("Ada");
    personId = person.id;
    agent = await alone.signInAs(person);
  });

  it("offers the time zone, and leads to Logto's page for the rest", async () => {
    const { text } = await agent.get("/account/profile");
    expect(text).not.toContain('name="picture"');
    expect(text).toMatch(/href="[^"]+\/account\/profile"/);
    const saved = await agent
      .post("/account/profile")
      .query({ account: personId })
      .type("form")
      .send({ timeZone: "Europe/Berlin" });
    expect(saved.status).toBe(303);
    expect((await agent.get("/account")).text).toContain("Europe/Berlin");
  });

  it("signs in again on the way back, which brings what changed", async () => {
    const answer = await agent.get("/account/return");
    expect(answer.headers["location"]).toBe("/sign-in?returnTo=%2Faccount");
  });
});
