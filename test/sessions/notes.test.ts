import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { connected } from "../support/template.ts";

const application = useApplication();

/** A member who opens the organization after a while. */
async function setUp() {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  const person = await application.createPerson();
  await application.addMember(organization, person, "member");
  const agent = await application.signInAs(person);
  await application.query(
    "update sessions set last_seen_at = now() - interval '5 minutes' where user_id = $1",
    [person.id],
  );
  const readNotes = () =>
    application.query(
      `select s.last_seen_at > now() - interval '1 minute' as "isSeen", u.last_organization_id as "last"
         from sessions s join users u on u.id = s.user_id where u.id = $1`,
      [person.id],
    );
  return { organization, person, agent, readNotes };
}

/** Runs work while another transaction has done something, and then commits that. */
const during = (
  statement: string,
  values: string[],
  work: (commit: () => Promise<unknown>) => Promise<void>,
): Promise<void> =>
  connected(application.config.database.url, async (client) => {
    await client.query("begin");
    await client.query(statement, values);
    await work(() => client.query("commit"));
  });

describe("each request", () => {
  it("stores when the session was used, and the organization", async () => {
    const { organization, agent, readNotes } = await setUp();
    expect((await agent.get(`/o/${organization.slug}`)).status).toBe(200);
    expect(await readNotes()).toEqual([{ isSeen: true, last: organization.id }]);
  });

  it("does not wait for a change of the user, such as a sign-in or the deletion of the account", async () => {
    const { organization, person, agent, readNotes } = await setUp();
    await during("select from users where id = $1 for update", [person.id], async () => {
      expect((await agent.get(`/o/${organization.slug}`)).status).toBe(200);
      expect(await readNotes()).toEqual([{ isSeen: true, last: null }]);
    });
    await agent.get(`/o/${organization.slug}`);
    expect(await readNotes()).toEqual([{ isSeen: true, last: organization.id }]);
  });

  it("does not wait for a change of the session, such as a sign-out", async () => {
    const { organization, person, agent, readNotes } = await setUp();
    await during("select from sessions where user_id = $1 for update", [person.id], async () => {
      expect((await agent.get(`/o/${organization.slug}`)).status).toBe(200);
      expect(await readNotes()).toEqual([{ isSeen: false, last: organization.id }]);
    });
  });

  it("leads each browser back to the organization that it opened last", async () => {
    const { organization, person, agent } = await setUp();
    const other = await application.createOrganization(person);
    const second = await application.signInAs(person);
    await agent.get(`/o/${organization.slug}`);
    await second.get(`/o/${other.slug}`);
    const leads = async (browser: typeof agent) => (await browser.get("/")).headers["location"];
    expect(await leads(agent)).toBe(`/o/${organization.slug}`);
    expect(await leads(second)).toBe(`/o/${other.slug}`);
    expect(await leads(await application.signInAs(person))).toBe(`/o/${other.slug}`);
    // The first browser's place is gone: then it is the one that the person opened last anywhere.
    await application.query("delete from memberships where organization_id = $1 and user_id = $2", [
      organization.id,
      person.id,
    ]);
    expect(await leads(agent)).toBe(`/o/${other.slug}`);
  });

  it("does not revive a session that has just ended", async () => {
    const { organization, person, agent } = await setUp();
    await application.query("update sessions set revoked_at = now() where user_id = $1", [
      person.id,
    ]);
    expect((await agent.get(`/o/${organization.slug}`)).status).toBe(303);
  });

  it.each(["", "/members", "/projects"])(
    "does not wait for the purge of the organization: /o/:slug%s",
    async (path) => {
      const { organization, agent, readNotes } = await setUp();
      const visit = async () => (await agent.get(`/o/${organization.slug}${path}`)).status;
      await during("delete from organizations where id = $1", [organization.id], async (commit) => {
        expect(await visit()).toBe(200);
        await commit();
        expect(await visit()).toBe(404);
      });
      // The id is only a hint, and leads nowhere.
      expect(await readNotes()).toEqual([{ isSeen: true, last: organization.id }]);
    },
  );
});
