import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { describePerson } from "../../src/relying-party/claims.ts";
import { mirrorUser } from "../../src/identity/users.ts";
import { noteAccount } from "../../src/hugging-face/account-answer.ts";
import { readPlaces } from "../../src/identity/hugging-face-claims.ts";
import people from "../fixtures/openid/people.json" with { type: "json" };
import { useApplication } from "../support/application.ts";

const orbital = {
  sub: "65aa0000000000000000000b",
  name: "Orbital Works",
  preferred_username: "orbital-works",
  picture: "https://huggingface.co/avatars/org.svg",
  isEnterprise: true,
  canPay: true,
  roleInOrg: "write",
};
const place = {
  id: "65aa0000000000000000000b",
  name: "Orbital Works",
  handle: "orbital-works",
  role: "write",
  isActive: true,
};

/** A person who has just signed in, with these `orgs` in Logto's snapshot of Hugging Face. */
function describeWith(orgs: unknown) {
  const { idToken, userinfo } = people.ada;
  const rawData = { preferred_username: "ada", orgs };
  const identities = { huggingface: { userId: "64f0", details: { rawData } } };
  const claims = { iss: "https://logto.example/oidc", sub: idToken.sub, aud: "app", iat: 1 };
  return describePerson(claims, { ...userinfo, identities });
}

describe("readPlaces()", () => {
  it("reads the organizations and roles of a person", () => {
    expect(readPlaces([orbital])).toEqual([place]);
    expect(readPlaces([{ ...orbital, name: null }])).toEqual([{ ...place, name: "orbital-works" }]);
  });

  it.each([
    ["pendingSSO", true],
    ["missingMFA", true],
    ["pendingSSO", "yes"],
    ["missingMFA", {}],
  ])("counts a person with %s %j as not active", (claim, value) => {
    expect(readPlaces([{ ...orbital, [claim]: value }])).toEqual([{ ...place, isActive: false }]);
  });

  it("counts a person without pending steps as active", () => {
    const settled = { ...orbital, pendingSSO: false, missingMFA: null };
    expect(readPlaces([settled])).toEqual([place]);
  });

  it.each([
    ["no subject", { sub: undefined }],
    ["a subject that is no such thing", { sub: "../x" }],
    ["no handle", { preferred_username: "" }],
  ])("leaves out only an organization with %s", (_case, change) => {
    const other = { ...orbital, sub: "65ab" };
    expect(readPlaces([{ ...orbital, ...change }, other])).toEqual([{ ...place, id: "65ab" }]);
  });

  it.each([
    ["without read-memberships", undefined],
    ["for a role that we do not know", "no_access"],
    ["for the role of an owner, which there is not", "owner"],
  ])("reads no role %s", (_case, roleInOrg) => {
    expect(readPlaces([{ ...orbital, roleInOrg }])).toEqual([{ ...place, role: null }]);
  });

  it("keeps the first two hundred, and the first of two with one id", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ ...orbital, sub: `org${index}` }));
    expect(readPlaces(many)).toHaveLength(200);
    expect(readPlaces([{ ...orbital, pendingSSO: true }, orbital])).toEqual([
      { ...place, isActive: false },
    ]);
  });

  it("shortens a name without breaking a character", () => {
    const [long] = readPlaces([{ ...orbital, name: "🤗".repeat(150) }]);
    expect(long?.name).toBe("🤗".repeat(100));
  });
});

describe("a sign-in", () => {
  const application = useApplication();

  it("stores the places of a Hugging Face identity only", () => {
    expect(describeWith([orbital]).identities).toMatchObject([{ places: [place] }]);
    const { idToken, userinfo } = people.ada;
    const identities = { github: { userId: "7", details: { rawData: { orgs: [orbital] } } } };
    const claims = { iss: "https://logto.example/oidc", sub: idToken.sub, aud: "app", iat: 1 };
    expect(describePerson(claims, { ...userinfo, identities }).identities).toMatchObject([
      { places: [] },
    ]);
  });

  it("accepts any value of orgs, and stores only well-formed places", () => {
    const odd = fc.oneof(
      fc.anything(),
      fc.array(
        fc.record(
          {
            sub: fc.oneof(fc.string(), fc.constant(orbital.sub), fc.anything()),
            name: fc.oneof(fc.string({ unit: "binary" }), fc.anything()),
            preferred_username: fc.oneof(fc.string(), fc.constant("handle"), fc.anything()),
            roleInOrg: fc.oneof(fc.constantFrom("admin", "read", "owner"), fc.anything()),
            pendingSSO: fc.anything(),
            missingMFA: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 5 },
      ),
    );
    fc.assert(
      fc.property(odd, (orgs) => {
        const [identity] = describeWith(orgs).identities;
        for (const each of identity?.places ?? []) {
          expect(each.id).toMatch(/^[A-Za-z0-9]{1,64}$/);
          expect([null, "admin", "write", "contributor", "read"]).toContain(each.role);
          expect(Buffer.from(each.name).toString()).toBe(each.name);
          expect(each.name).not.toContain("\0");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("does not replace a newer answer of Hugging Face, unless another account is linked", async () => {
    const email = "ada@hf.example";
    const person = { ...describeWith([orbital]), subject: "told", email, emailVerified: false };
    const [linked] = person.identities;
    if (!linked) throw new Error("There is no identity.");
    const sign = (subject = linked.subject) => {
      const identities = [{ ...linked, subject, email, emailVerified: false }];
      return application.database.unscoped.$transaction((tx) =>
        mirrorUser(tx, { ...person, identities }),
      );
    };
    const id = await sign();
    const read = async () => {
      const [row] = await application.query<object>(
        `select jsonb_array_length(i.organizations) as places, i.email_verified as verified,
                u.email_verified as "ofUser", i.confirmed_at is not null as "isConfirmed"
           from identities i join users u on u.id = i.user_id where u.id = $1`,
        [id],
      );
      return row;
    };
    const snapshot = { places: 1, verified: false, ofUser: false, isConfirmed: false };
    expect(await read()).toEqual(snapshot);
    const { database } = application;
    const told = { subject: linked.subject, handle: "ada", name: "Ada", email, places: [] };
    expect(await noteAccount(database, id, { ...told, subject: "x", emailVerified: true })).toBe(
      false,
    );
    expect(await noteAccount(database, id, { ...told, emailVerified: true })).toBe(true);
    const confirmed = { places: 0, verified: true, ofUser: true, isConfirmed: true };
    expect(await read()).toEqual(confirmed);
    await sign();
    expect(await read()).toEqual(confirmed);
    await sign("another");
    expect(await read()).toEqual(snapshot);
    await application.query("delete from users where id = $1", [id]);
  });

  it("stores, updates and removes them with the identity", async () => {
    const sign = (identities: ReturnType<typeof describeWith>["identities"]) =>
      application.database.unscoped.$transaction((tx) =>
        mirrorUser(tx, { ...describeWith([]), identities }),
      );
    const read = () => application.query("select organizations from identities");
    await sign(describeWith([{ ...orbital, name: "🤗\0\uD800" }]).identities);
    expect(await read()).toEqual([{ organizations: [{ ...place, name: "🤗" }] }]);
    await sign(describeWith([]).identities);
    expect(await read()).toEqual([{ organizations: [] }]);
    await sign([]);
    expect(await read()).toEqual([]);
  });
});
