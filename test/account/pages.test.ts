import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";

const application = useApplication();

describe("GET /account", () => {
  it("shows the person, and how they sign in", async () => {
    const person = await application.createPerson("Ada Lovelace");
    await application.query(
      "update users set username = 'ada', email = 'ada@example.com', email_verified = true where id = $1",
      [person.id],
    );
    await application.query(
      "insert into identities (user_id, provider, subject, handle) values ($1, 'huggingface', 'x', 'ada-hf')",
      [person.id],
    );
    const answer = await (await application.signInAs(person)).get("/account");
    expect(answer.status).toBe(200);
    for (const text of ["Ada Lovelace", "ada@example.com", "ada-hf", "Hugging Face"]) {
      expect(answer.text).toContain(text);
    }
  });

  it("names single sign-on, and claims no password of anybody", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    await application.query("update users set single_sign_on = $2 where id = $1", [
      person.id,
      JSON.stringify([{ issuer: "https://login.acme.example/oidc", account: "ada@acme.example" }]),
    ]);
    const { text } = await agent.get("/account");
    for (const word of ["Single sign-on", "ada@acme.example", "login.acme.example"]) {
      expect(text).toContain(word);
    }
    expect(text).not.toMatch(/No linked accounts|sign in with your password/i);
    // A way to set one is offered, in words that are true without one.
    expect(text).toContain("Set a password, or change the one you have.");
  });

  it("SI30 is complete for a person without name, email or picture", async () => {
    const person = await application.createPerson();
    await application.query("update users set name = null where id = $1", [person.id]);
    const answer = await (await application.signInAs(person)).get("/account");
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("Unnamed person");
    expect(answer.text).toContain("No email address. Add one");
    expect(answer.text).not.toMatch(/verified/i);
    expect(answer.text).not.toMatch(/\b(null|undefined|NaN|\[object)/);
  });
});
