import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

const application = useApplication();

describe("GET / at an identity provider", () => {
  const provider = useIdentityProvider();
  const { visitor } = useApplication({ identityProvider: provider.start });

  it("offers Hugging Face where the provider does", async () => {
    const read = async () => (await visitor().get("/")).text;
    await expect
      .poll(read)
      .toMatch(/href="\/sign-in\?with=huggingface"[^>]*>.*?Continue with Hugging Face</);
  });
});

describe("GET /", () => {
  it("tells somebody who has deleted their account that it is done", async () => {
    const answer = await application.visitor().get("/?notice=account_deleted");
    expect(answer.text).toContain("Your account is deleted.");
    const other = await application.visitor().get("/?notice=<b>");
    expect([other.status, other.text.includes("deleted")]).toEqual([200, false]);
  });

  it("shows a visitor how to sign in", async () => {
    const answer = await application.visitor().get("/");
    expect(answer.status).toBe(200);
    for (const path of ["/sign-in", "/sign-in?screen=register"]) {
      expect(answer.text).toContain(`href="${path}"`);
    }
    // Nobody knows whether the provider has it.
    expect(answer.text).not.toContain("Hugging Face<");
    expect(answer.headers).not.toHaveProperty("set-cookie");
  });

  it("takes somebody who is signed in to their organizations, while they have opened none", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    await application.createOrganization(person);
    expect((await agent.get("/")).headers["location"]).toBe("/organizations");
  });

  it("takes them to the one they opened last, from another browser too", async () => {
    const person = await application.createPerson();
    const [one, two] = [
      await application.createOrganization(person),
      await application.createOrganization(person),
    ];
    const agent = await application.signInAs(person);
    for (const { slug } of [one, two, one]) {
      await agent.get(`/o/${slug}`);
      const elsewhere = await application.signInAs(person);
      const answer = await elsewhere.get("/");
      expect([answer.status, answer.headers["location"]]).toEqual([303, `/o/${slug}`]);
    }
  });

  it("forgets one in which they are suspended, that they do not belong to any more, or that is gone", async () => {
    const person = await application.createPerson();
    const owner = await application.createPerson();
    const organization = await application.createOrganization(owner);
    await application.addMember(organization, person, "member");
    const [agent, ofOwner] = [
      await application.signInAs(person),
      await application.signInAs(owner),
    ];
    for (const each of [agent, ofOwner]) {
      await each.get(`/o/${organization.slug}`);
      expect((await each.get("/")).headers["location"]).toBe(`/o/${organization.slug}`);
    }
    for (const change of [
      "update memberships set suspended_at = now()",
      "delete from memberships",
    ]) {
      await application.query(`${change} where user_id = $1`, [person.id]);
      expect((await agent.get("/")).headers["location"]).toBe("/organizations");
    }
    await application.query("delete from organizations where id = $1", [organization.id]);
    expect((await ofOwner.get("/")).headers["location"]).toBe("/organizations");
  });

  it("remembers nothing of an organization that is not theirs", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    const foreign = await application.createOrganization(await application.createPerson());
    expect((await agent.get(`/o/${foreign.slug}`)).status).toBe(404);
    expect((await agent.get("/")).headers["location"]).toBe("/organizations");
  });
});
