import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { readPeople, readPerson } from "../../src/identity/person.ts";
import { giveAddress, linkHuggingFace } from "../support/addresses.ts";
import { type Person, useApplication } from "../support/application.ts";
import { useSignIn } from "../support/sign-in.ts";

const application = useApplication();

const read = ({ id }: Pick<Person, "id">) =>
  application.database.forUser(id, (tx) => readPerson(tx, id));

describe("readPerson()", () => {
  it("names a person by their name, or their username", async () => {
    const person = await application.createPerson("Ada");
    expect(await read(person)).toEqual({
      id: person.id,
      name: "Ada",
      provenEmails: [],
      unprovenEmails: [],
      huggingFace: null,
    });
    await application.query("update users set name = null, username = 'ada_7' where id = $1", [
      person.id,
    ]);
    expect((await read(person))?.name).toBe("ada_7");
  });

  it("is null for a deleted account, and for an unknown id", async () => {
    const person = await application.createPerson();
    await application.query("update users set deleted_at = now() where id = $1", [person.id]);
    expect(await read(person)).toBeNull();
    expect(await read({ id: randomUUID() })).toBeNull();
  });

  it("has an address as proven if its source vouches for it, in lower case", async () => {
    const person = await application.createPerson();
    await giveAddress(application, person, { email: "Ada@Example.COM" });
    expect(await read(person)).toMatchObject({
      provenEmails: ["ada@example.com"],
      unprovenEmails: [],
    });
  });

  it("IN05 SI31 has an address as unproven if no source vouches for it", async () => {
    const person = await application.createPerson();
    await giveAddress(application, person, { email: "Ada@Example.com", isVerified: false });
    expect(await read(person)).toMatchObject({
      provenEmails: [],
      unprovenEmails: ["ada@example.com"],
    });
  });

  it.each([
    ["a Kelvin sign", "mi\u212ae@example.com"],
    ["a dotless i", "ma\u0131l@example.com"],
    ["an accent", "zoë@example.com"],
    ["a space", "ada lovelace@example.com"],
    ["a line", "ada@example.com\nbea@example.com"],
    ["no domain", "ada@"],
  ])("IN10 does not believe an address with %s", async (_what, email) => {
    const person = await application.createPerson();
    await giveAddress(application, person, { email, isVerified: true });
    expect((await read(person))?.provenEmails).toEqual([]);
  });

  it("lists the addresses of a linked account after the user's own, each once", async () => {
    const person = await application.createPerson();
    await giveAddress(application, person, { email: "ada@example.com" });
    await linkHuggingFace(application, person, { email: "ada@hf.example", isVerified: true });
    expect(await read(person)).toMatchObject({
      provenEmails: ["ada@example.com", "ada@hf.example"],
      unprovenEmails: [],
    });
    await application.query("update identities set email = 'ADA@example.com' where user_id = $1", [
      person.id,
    ]);
    expect((await read(person))?.provenEmails).toEqual(["ada@example.com"]);
  });

  it("has an address as proven if one of two sources vouches for it", async () => {
    const person = await application.createPerson();
    await giveAddress(application, person, { email: "ada@example.com", isVerified: false });
    await linkHuggingFace(application, person, { email: "ada@example.com", isVerified: true });
    expect(await read(person)).toMatchObject({
      provenEmails: ["ada@example.com"],
      unprovenEmails: [],
    });
  });

  it("forgets the proof with the address, and with what vouched for it", async () => {
    const person = await application.createPerson();
    await giveAddress(application, person, { email: "ada@example.com" });
    await application.query("update users set email_verified = false where id = $1", [person.id]);
    expect((await read(person))?.provenEmails).toEqual([]);
    await application.query(
      "update users set email_verified = true, email = 'bea@example.com' where id = $1",
      [person.id],
    );
    expect((await read(person))?.provenEmails).toEqual(["bea@example.com"]);
  });

  it("has the Hugging Face organizations, and ignores malformed ones", async () => {
    const person = await application.createPerson();
    const place = { id: "o1", name: "Acme", handle: "acme", role: "write", isActive: true };
    await linkHuggingFace(application, person, { handle: "ada", organizations: [place] });
    expect((await read(person))?.huggingFace).toMatchObject({
      handle: "ada",
      organizations: [place],
    });
    for (const strange of [[{ ...place, role: "god" }], { id: "o1" }, "acme", null, [1]]) {
      await application.query("update identities set organizations = $2 where user_id = $1", [
        person.id,
        JSON.stringify(strange),
      ]);
      expect((await read(person))?.huggingFace?.organizations).toEqual([]);
    }
  });
});

describe("readPeople()", () => {
  it("reads several people, without deleted accounts", async () => {
    const people = [await application.createPerson("A"), await application.createPerson("B")];
    const gone = await application.createPerson();
    await application.query("update users set deleted_at = now() where id = $1", [gone.id]);
    const ids = [...people, gone].map(({ id }) => id);
    const known = await application.database.forUser(gone.id, (tx) => readPeople(tx, ids));
    expect([...known.values()].map(({ name }) => name).toSorted()).toEqual(["A", "B"]);
    const none = await application.database.forUser(gone.id, (tx) => readPeople(tx, []));
    expect(none.size).toBe(0);
  });
});

describe("a person who signs in with Hugging Face", () => {
  const world = useSignIn();

  it("SI31 has proven no address that Hugging Face does not vouch for, whatever Logto says of it", async () => {
    const email = "ada@example.com";
    const signInWith = async (isVerified: boolean) => {
      world.issuer.userinfo = {
        email: undefined,
        email_verified: undefined,
        identities: {
          huggingface: {
            userId: "hf-1",
            details: { id: "hf-1", email, rawData: { email, email_verified: isVerified } },
          },
        },
      };
      await world.signIn(world.application.visitor());
      const [user] = await world.application.query<{ id: string }>("select id from users");
      const id = user?.id ?? "";
      return world.application.database.forUser(id, (tx) => readPerson(tx, id));
    };
    expect(await signInWith(false)).toMatchObject({ provenEmails: [], unprovenEmails: [email] });
    expect(await signInWith(true)).toMatchObject({ provenEmails: [email], unprovenEmails: [] });
  });
});
