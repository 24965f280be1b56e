import { describe, expect, it } from "vitest";

import type { Role } from "../../src/access/roles.ts";
import { type Agent, type Organization, useApplication } from "../support/application.ts";
import { drawPng, makeBomb } from "../support/pictures.ts";

const application = useApplication();

async function assemble(role: Role = "admin") {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner, "Acme Robotics");
  const person = await application.createPerson();
  await application.addMember(organization, person, role);
  return { organization, owner, person, agent: await application.signInAs(person) };
}

const upload = (agent: Agent, { slug }: Organization, file: Buffer) =>
  agent.post(`/o/${slug}/settings/picture`).attach("file", file, "picture.png");

/** The path of the picture, and how many there are. */
async function readPicture({ id }: Organization) {
  const [row] = await application.query<{ path: string | null; count: number }>(
    `select picture_path as path, (select count(*)::int from organization_pictures where organization_id = id) as count
       from organizations where id = $1`,
    [id],
  );
  return row ?? { path: null, count: 0 };
}

const readEvents = async ({ id }: Organization) =>
  (
    await application.query<{ action: string }>(
      "select action from audit_events where organization_id = $1 order by id offset 1",
      [id],
    )
  ).map(({ action }) => action);

describe("POST /o/:slug/settings/picture", () => {
  it("shows the picture wherever the organization is", async () => {
    const { organization, agent } = await assemble();
    const answer = await upload(agent, organization, await drawPng());
    expect(answer.status).toBe(303);
    const { path } = await readPicture(organization);
    const settings = await agent.get(answer.headers["location"] ?? "");
    expect(settings.text).toContain("The picture was changed.");
    for (const page of [`/o/${organization.slug}`, "/organizations", "/account"]) {
      // The switcher has it in its list, too.
      const shown = (await agent.get(page)).text.split(`src="${path}"`).length - 1;
      expect(shown, page).toBeGreaterThan(1);
    }
    await application
      .visitor()
      .get(path ?? "")
      .expect(200);
    expect(await readEvents(organization)).toEqual(["organization.picture_changed"]);
  });

  it("replaces the former picture, whose path shows nothing any more", async () => {
    const { organization, agent } = await assemble();
    await upload(agent, organization, await drawPng());
    const former = await readPicture(organization);
    await upload(agent, organization, await drawPng(64, 64));
    const present = await readPicture(organization);
    expect(present.count).toBe(1);
    expect(present.path).not.toBe(former.path);
    expect((await application.visitor().get(former.path ?? "")).status).toBe(404);
  });

  it("UP05 keeps one of several that arrive at once, and its path is the one that is shown", async () => {
    const { organization, owner, agent } = await assemble();
    const other = await application.signInAs(owner);
    const file = await drawPng();
    const answers = await Promise.all(
      [agent, other, agent, other, agent].map((each) => upload(each, organization, file)),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303]);
    const { path, count } = await readPicture(organization);
    expect(count).toBe(1);
    await application
      .visitor()
      .get(path ?? "")
      .expect(200);
    expect(await readEvents(organization)).toHaveLength(5);
  });

  it.each([
    ["a bomb", makeBomb, "too many pixels"],
    ["more than 512 KB", () => Buffer.alloc(512 * 1024 + 1), "at most 512 KB"],
    ["5 MB", () => Buffer.alloc(5_000_000), "at most 512 KB"],
    ["no picture", () => Buffer.from("<script>alert(1)</script>"), "cannot be read"],
  ])(
    "UP02 refuses %s within a second, beside the field, and keeps nothing",
    async (_what, make, words) => {
      const { organization, agent } = await assemble();
      await upload(agent, organization, await drawPng());
      const before = await readPicture(organization);
      const file = make();
      const start = performance.now();
      const answer = await upload(agent, organization, file);
      expect(performance.now() - start).toBeLessThan(1_000);
      expect(answer.status).toBe(422);
      const hint = new RegExp(`id="field-file-error"(?:(?!</div>).)*${words}`, "s");
      expect(answer.text).toMatch(hint);
      expect(await readPicture(organization)).toEqual(before);
      expect(await readEvents(organization)).toHaveLength(1);
    },
  );

  it("leads to the sign-in and back where the session has lapsed, and says that the file was not kept", async () => {
    const { organization, agent, person } = await assemble();
    await application.query("update sessions set revoked_at = now() where user_id = $1", [
      person.id,
    ]);
    const answer = await upload(agent, organization, await drawPng());
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("The file was not kept. Please choose it again");
    expect(answer.text).toContain(encodeURIComponent(`/o/${organization.slug}/settings`));
  });

  it("UP05 is 403 for a member, and 404 for a stranger", async () => {
    const { organization, agent } = await assemble("member");
    const stranger = (await assemble()).agent;
    expect((await upload(agent, organization, await drawPng())).status).toBe(403);
    expect((await upload(stranger, organization, await drawPng())).status).toBe(404);
    expect(await readPicture(organization)).toEqual({ path: null, count: 0 });
  });
});

describe("POST /o/:slug/settings/picture/removal", () => {
  it("shows the initial again", async () => {
    const { organization, agent } = await assemble();
    await upload(agent, organization, await drawPng());
    const { path } = await readPicture(organization);
    const remove = () => agent.post(`/o/${organization.slug}/settings/picture/removal`);
    expect((await remove()).status).toBe(303);
    expect(await readPicture(organization)).toEqual({ path: null, count: 0 });
    expect((await agent.get(`/o/${organization.slug}/settings`)).text).not.toContain(
      "Remove picture",
    );
    expect((await application.visitor().get(path ?? "")).status).toBe(404);
    await remove();
    expect(await readEvents(organization)).toEqual([
      "organization.picture_changed",
      "organization.picture_removed",
    ]);
  });
});
