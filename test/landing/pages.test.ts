import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";

const application = useApplication();

describe("GET / at an identity provider", () => {
  const provider = useIdentityProvider();
  const { visitor } = useApplication({ identityProvider: provider.start });

  it("offers Hugging Face if the provider does", async () => {
    const read = async () => (await visitor().get("/")).text;
    await expect
      .poll(read)
      .toMatch(/href="\/sign-in\?with=huggingface"[^>]*>.*?Continue with Hugging Face</);
  });
});

describe("GET /", () => {
  it("confirms the deletion of an account", async () => {
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

  it("redirects a signed-in person who has opened no organization to their list", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    await application.createOrganization(person);
    expect((await agent.get("/")).headers["location"]).toBe("/organizations");
  });

  it("redirects to the organization that the person opened last, also in another browser", async () => {
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

  it("forgets an organization that is gone, or in which the person is suspended or no member any more", async () => {
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

  it("does not remember an organization of other people", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    const foreign = await application.createOrganization(await application.createPerson());
    expect((await agent.get(`/o/${foreign.slug}`)).status).toBe(404);
    expect((await agent.get("/")).headers["location"]).toBe("/organizations");
  });
});
