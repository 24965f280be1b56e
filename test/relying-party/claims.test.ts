import { describe, expect, it } from "vitest";
import { describePerson } from "../../src/relying-party/claims.ts";
import people from "../fixtures/openid/people.json" with { type: "json" };

/** The person as recorded, with some of userinfo changed. */
function describeRecorded(name: keyof typeof people, change: Record<string, unknown> = {}) {
  const { idToken, userinfo } = people[name];
  const claims = { iss: "https://logto.example/oidc", sub: idToken.sub, aud: "app", iat: 1 };
  return describePerson(claims, { ...userinfo, ...change });
}

const huggingFace = (rawData: unknown, details: Record<string, unknown> = {}) => ({
  identities: { huggingface: { userId: "64f0", details: { id: "64f0", ...details, rawData } } },
});

describe("describePerson()", () => {
  it("has the Hugging Face account with its handle", () => {
    expect(describeRecorded("ada")).toMatchObject({
      subject: "o92aql3bfzqa",
      name: "Ada Lovelace",
      username: null,
      email: "ada@hf.example",
      emailVerified: true,
      picture: "https://huggingface.co/avatars/0001.svg",
      identities: [
        {
          target: "huggingface",
          subject: "64f0a1b2c3d4e5f60718293a",
          handle: "ada",
          name: "Ada Lovelace",
          email: "ada@hf.example",
          emailVerified: true,
          avatar: "https://huggingface.co/avatars/0001.svg",
        },
      ],
      organizations: ["pioaknej09ge"],
      organizationRoles: [{ organizationId: "pioaknej09ge", role: "member" }],
    });
  });

  it("SI30 describes a person without email, name and picture", () => {
    expect(describeRecorded("noemail")).toMatchObject({
      name: null,
      email: null,
      emailVerified: false,
      picture: null,
      identities: [
        { handle: "noemail", name: null, email: null, emailVerified: false, avatar: null },
      ],
      organizations: [],
    });
  });

  it("SI31 does not trust an address that Hugging Face says is unverified, though Logto does", () => {
    expect(people.grace.userinfo.email_verified).toBe(true);
    expect(describeRecorded("grace")).toMatchObject({
      email: "grace@hf.example",
      emailVerified: false,
      identities: [{ handle: "grace", email: "grace@hf.example", emailVerified: false }],
    });
  });

  it("SI31 trusts Logto about an address that is not the one of Hugging Face", () => {
    const person = describeRecorded("grace", { email: "grace@work.example" });

    expect(person).toMatchObject({ email: "grace@work.example", emailVerified: true });
  });

  it.each([
    ["written in other letters", huggingFace({ email: "GRACE@hf.example", email_verified: false })],
    ["and it says nothing", huggingFace({ email: "grace@hf.example" })],
    ["and it says null", huggingFace({ email: "grace@hf.example", email_verified: null })],
    ["and it says a word", huggingFace({ email: "grace@hf.example", email_verified: "true" })],
    ["and its raw answer is gone", huggingFace(null, { email: "grace@hf.example" })],
  ])("SI31 does not trust the address of Hugging Face %s", (_case, change) => {
    expect(describeRecorded("grace", change).emailVerified).toBe(false);
  });

  it("SI31 trusts Logto about the address of another connector, whose raw answer need not say", () => {
    const details = { email: "olivia@acme.test", rawData: { login: "olivia" } };
    const identities = { github: { userId: "7", details } };

    expect(describeRecorded("olivia", { identities })).toMatchObject({
      emailVerified: true,
      identities: [{ email: "olivia@acme.test", emailVerified: false }],
    });
  });

  it("trusts the address of a linked account that Hugging Face vouches for", () => {
    expect(describeRecorded("adaLocal")).toMatchObject({
      username: "adalocal",
      emailVerified: true,
    });
  });

  it.each([false, null, undefined])("does not trust an address Logto calls %s", (verified) => {
    expect(describeRecorded("olivia", { email_verified: verified }).emailVerified).toBe(false);
  });

  it("does not call a missing address verified", () => {
    expect(describeRecorded("olivia", { email: "", email_verified: true })).toMatchObject({
      email: null,
      emailVerified: false,
    });
  });

  it.each([null, [], "x", 7, { preferred_username: 7, email: {}, email_verified: 1 }])(
    "takes no harm from %j as what Hugging Face answered",
    (rawData) => {
      expect(
        describeRecorded("noemail", huggingFace(rawData, { name: 7, avatar: {} })),
      ).toMatchObject({
        identities: [{ subject: "64f0", handle: null, name: null, email: null, avatar: null }],
      });
    },
  );

  it.each([null, undefined, "x", []])(
    "takes no harm from %j as an identity's details",
    (details) => {
      const identities = { github: { userId: "7", details } };

      expect(describeRecorded("olivia", { identities })).toMatchObject({
        emailVerified: true,
        identities: [{ target: "github", subject: "7", handle: null, emailVerified: false }],
      });
    },
  );

  it("lists the enterprises that sign a person in, as recorded", () => {
    const detail = { id: "93ab", email: "mary@orbital.example", name: "Mary", avatar: "x" };
    const issuer = "http://localhost:3450";
    const singleSignOn = (sso_identities: unknown) =>
      describeRecorded("olivia", { sso_identities }).singleSignOn;
    expect(singleSignOn([{ issuer, identityId: "93ab", detail }])).toEqual([
      { issuer, account: "mary@orbital.example" },
    ]);
    expect(singleSignOn([{ issuer, identityId: "93ab", detail: null }])).toEqual([
      { issuer, account: null },
    ]);
    expect(singleSignOn([])).toEqual([]);
    for (const unreadable of [null, undefined, "x", [7]]) {
      expect(singleSignOn(unreadable)).toBeNull();
    }
  });

  it("tolerates unknown claims and nulls", () => {
    const nothing = {
      identities: null,
      organizations: null,
      organization_roles: null,
      new_claim: 1,
    };

    expect(describeRecorded("olivia", nothing)).toMatchObject({
      identities: [],
      organizations: [],
      organizationRoles: [],
    });
  });

  it("keeps what PostgreSQL can store of a name, and no picture that is no web address", () => {
    const person = describeRecorded("olivia", {
      name: " Oli\0via\uD800 ",
      picture: "javascript:alert(1)",
    });

    expect(person).toMatchObject({ name: "Olivia", picture: null });
  });

  it("reads a role name with a colon", () => {
    expect(
      describeRecorded("olivia", { organization_roles: ["o1:a:b"] }).organizationRoles,
    ).toEqual([{ organizationId: "o1", role: "a:b" }]);
  });

  it.each([
    ["identities", { huggingface: { userId: "" } }],
    ["organizations", ["o1", 7]],
    ["organization_roles", ["member"]],
    ["email", 7],
    ["email_verified", "yes"],
  ])("refuses userinfo whose %s is malformed", (claim, value) => {
    const error = () => describeRecorded("olivia", { [claim]: value });

    expect(error).toThrow(
      expect.objectContaining({
        code: "identity_provider_invalid_answer",
        reason: expect.stringContaining(claim),
      }),
    );
  });
});
