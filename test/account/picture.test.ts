import { describe, expect, it } from "vitest";

import { savePicture, removePicture } from "../../src/account/picture.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import { useLogto } from "../logto/logto-world.ts";
import type { Agent } from "../support/application.ts";
import { drawPng, svg } from "../support/pictures.ts";

const world = useLogto();
const { application } = world;

async function signIn() {
  const person = await world.createPerson();
  const agent = await application.signInAs(person, { authenticationAge: 0 });
  const at = (path: string) => agent.post(path).query({ account: person.id });
  const upload = (file: Buffer) => at("/account/profile/picture").attach("file", file, "me.png");
  return { person, agent, at, upload };
}

async function readPicture({ id }: { id: string }) {
  const [row] = await application.query<{ path: string | null; count: number }>(
    `select avatar_url as path, (select count(*)::int from user_pictures where user_id = id) as count
       from users where id = $1`,
    [id],
  );
  return row ?? { path: null, count: 0 };
}

const show = (path: string | null) => application.visitor().get(path ?? "");
const countShown = async (agent: Agent, path: string | null) =>
  (await agent.get("/account")).text.split(`src="${path}"`).length - 1;

/** Signs the person in at Logto, which has another picture. */
const mirror = (person: { subject: string }, picture: string | null) =>
  application.database.unscoped.$transaction((tx) =>
    mirrorUser(tx, {
      issuer: world.logto.issuer,
      subject: person.subject,
      name: "Ada",
      username: null,
      email: null,
      emailVerified: false,
      picture,
      identities: [],
    }),
  );

describe("POST /account/profile/picture", () => {
  it("shows the picture, also after a sign-in that brings another one from Logto", async () => {
    const { person, agent, upload } = await signIn();
    const answer = await upload(await drawPng());
    expect(answer.status).toBe(303);
    expect((await agent.get(answer.headers["location"] ?? "")).text).toContain(
      "Your picture is saved.",
    );
    const { path } = await readPicture(person);
    await show(path).expect(200);
    expect(await countShown(agent, path)).toBe(2);
    await mirror(person, "https://img.example/other.png");
    expect(await readPicture(person)).toEqual({ path, count: 1 });
  });

  it("UP02 shows the fault of a file beside its field, and keeps nothing", async () => {
    const { person, upload } = await signIn();
    const answer = await upload(svg);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("cannot be read");
    expect(answer.text).toContain('aria-describedby="field-file-hint field-file-error"');
    expect(await readPicture(person)).toEqual({ path: null, count: 0 });
  });

  it("UP05 is refused from a page of another account", async () => {
    const { agent, person } = await signIn();
    const other = await signIn();
    const answer = await agent
      .post("/account/profile/picture")
      .query({ account: other.person.id })
      .attach("file", await drawPng(), "me.png");
    expect(answer.status).toBe(409);
    expect([await readPicture(person), await readPicture(other.person)]).toEqual([
      { path: null, count: 0 },
      { path: null, count: 0 },
    ]);
  });

  it("gives way to an address that the person enters; an empty one changes nothing", async () => {
    const { person, at, upload } = await signIn();
    await upload(await drawPng());
    const before = await readPicture(person);
    const save = (picture: string) => at("/account/profile").type("form").send({ picture });
    await save("");
    expect(await readPicture(person)).toEqual(before);
    await save("https://img.example/ada.png");
    expect(await readPicture(person)).toEqual({ path: "https://img.example/ada.png", count: 0 });
    expect((await show(before.path)).status).toBe(404);
  });

  it("has an address of our origin in the list of members", async () => {
    const { person, agent, upload } = await signIn();
    const { slug } = await application.createOrganization(person);
    await upload(await drawPng());
    const { path } = await readPicture(person);
    const answer = await agent.get(`/api/v1/organizations/${slug}/members`).accept("json");
    expect(answer.body).toMatchObject({ members: [{ avatarUrl: application.baseUrl + path }] });
  });

  it("PR01 is gone with the account", async () => {
    const { person, at, upload } = await signIn();
    await upload(await drawPng());
    const { path } = await readPicture(person);
    const answer = await at("/account/deletion")
      .type("form")
      .send({ confirmation: "delete my account" });
    expect(answer.status).toBe(303);
    expect(await readPicture(person)).toEqual({ path: null, count: 0 });
    expect((await show(path)).status).toBe(404);
  });
});

describe("POST /account/profile/picture/removal", () => {
  it("shows what Logto has", async () => {
    const { person, agent, at, upload } = await signIn();
    await world.provider.manage("PATCH", `/users/${person.subject}`, {
      avatar: "https://img.example/logto.png",
    });
    await upload(await drawPng());
    expect((await agent.get("/account/profile")).text).toContain("Remove picture");
    expect((await at("/account/profile/picture/removal")).status).toBe(303);
    expect(await readPicture(person)).toEqual({ path: "https://img.example/logto.png", count: 0 });
    expect((await agent.get("/account/profile")).text).not.toContain("Remove picture");
  });
});

describe("savePicture and removePicture", () => {
  it("tell the identity provider where browsers everywhere can load the picture", async () => {
    const { person } = await signIn();
    const { database } = application;
    const told: unknown[] = [];
    let atProvider: string | null = null;
    const accounts = {
      findConnector: () => Promise.resolve(null),
      pull: () => mirror(person, atProvider).then(() => true),
      async change(_userId: string, { picture = null }: { picture?: string | null }) {
        told.push(picture);
        atProvider = picture;
        return { issues: [], isMirrored: await accounts.pull() };
      },
    };
    const https = { database, accounts, baseUrl: "https://app.example" };
    const content = new Uint8Array([1]);
    expect(await savePicture(https, person.id, content)).toBe(true);
    const { path } = await readPicture(person);
    expect(told).toEqual([`https://app.example${path}`]);
    expect(await removePicture(https, person.id)).toBe(true);
    expect(told.slice(1)).toEqual([null]);
    expect(await readPicture(person)).toEqual({ path: null, count: 0 });

    // A picture that they have set there meanwhile is theirs.
    await savePicture(https, person.id, content);
    atProvider = "https://img.example/later.png";
    expect(await removePicture(https, person.id)).toBe(true);
    expect(await readPicture(person)).toEqual({ path: atProvider, count: 0 });
    expect(told).toHaveLength(3);

    // On a laptop, and without the right to change accounts, nobody is told.
    await savePicture({ ...https, baseUrl: "http://localhost:3000" }, person.id, content);
    await savePicture({ ...https, accounts: null }, person.id, content);
    expect(told).toHaveLength(3);
  });

  it("say that the identity provider did not answer", async () => {
    const { person } = await signIn();
    const accounts = {
      findConnector: () => Promise.resolve(null),
      pull: () => Promise.resolve(false),
      change: () => Promise.resolve({ issues: [], isMirrored: false }),
    };
    const https = { database: application.database, accounts, baseUrl: "https://app.example" };
    expect(await savePicture(https, person.id, new Uint8Array([1]))).toBe(false);
    expect(await removePicture(https, person.id)).toBe(false);
    expect(await readPicture(person)).toEqual({ path: null, count: 0 });
  });
});
