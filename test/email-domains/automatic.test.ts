import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { useSignIn } from "../support/sign-in.ts";
import { joinBySigningIn } from "../../src/email-domains/joining.ts";
import { applicationRole } from "../../src/database/database.ts";
import { removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { markDeleted, readEvents, readRole as readRoleOf } from "../support/world.ts";
import { addDomain, assemble, giveAddress } from "./world.ts";

const world = useSignIn();
const { application } = world;

/** A person at the identity provider with an address at a domain, who can sign in any number of times. */
function inventPerson(domain: string, { isVerified = true } = {}) {
  const sub = randomUUID().slice(0, 12);
  return {
    /** @returns their id here */
    async signIn(): Promise<string> {
      const claims = { sub, email: `${sub}@${domain}`, email_verified: isVerified };
      world.issuer.idToken.claims = claims;
      world.issuer.userinfo = { ...claims, identities: {} };
      const agent = application.visitor();
      expect(await world.signIn(agent)).toBe("/");
      expect(await world.isSignedIn(agent)).toBe(true);
      const [user] = await application.query<{ id: string }>(
        "select id from users where subject = $1",
        [sub],
      );
      return user?.id ?? "";
    },
  };
}

async function arrange({ mode = "automatic", role = "member" } = {}) {
  const colleagues = await assemble(application);
  const { organization } = colleagues;
  const domain = await addDomain(application, organization, { mode, role });
  return {
    ...colleagues,
    domain,
    readRole: (id: string) => readRoleOf(application, organization, { id }),
    actions: async () => (await readEvents(application, organization)).map(({ action }) => action),
  };
}

describe("signing in with an automatic domain", () => {
  it("makes a person with a verified address a member; the event has no actor", async () => {
    const { organization, domain, readRole } = await arrange({ role: "viewer" });
    const userId = await inventPerson(domain).signIn();
    const [mail, ...others] = await application.deliverMail();
    expect(mail?.to).toContain(`@${domain}`);
    expect(mail?.subject).toBe(`You have joined ${organization.name}`);
    expect(others).toEqual([]);
    expect(await readRole(userId)).toBe("viewer");
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "member.joined",
        actorId: null,
        targetId: userId,
        details: { role: "viewer", via: "email_domain", domain },
      },
    ]);
  });

  it("joins each such organization once", async () => {
    const [one, other] = [await arrange(), await arrange()];
    await addDomain(application, other.organization, { domain: one.domain, mode: "automatic" });
    const person = inventPerson(one.domain);
    const userId = await person.signIn();
    await person.signIn();
    for (const each of [one, other]) {
      expect(await each.readRole(userId)).toBe("member");
      expect(await each.actions()).toEqual(["member.joined"]);
    }
  });

  it.each(["offer", "request"])("does nothing for the mode %s", async (mode) => {
    const { domain, readRole, actions } = await arrange({ mode });
    expect(await readRole(await inventPerson(domain).signIn())).toBeNull();
    expect(await actions()).toEqual([]);
  });

  it("IN05 SI31 does nothing for an unproven address, by an unverified domain, or in a deleted organization", async () => {
    const [unproven, unverified, deleted] = [await arrange(), await arrange(), await arrange()];
    await application.query("update email_domains set verified_at = null where domain = $1", [
      unverified.domain,
    ]);
    await markDeleted(application, deleted.organization);
    const roles = [
      await unproven.readRole(await inventPerson(unproven.domain, { isVerified: false }).signIn()),
      await unverified.readRole(await inventPerson(unverified.domain).signIn()),
      await deleted.readRole(await inventPerson(deleted.domain).signIn()),
    ];
    expect(roles).toEqual([null, null, null]);
  });

  it("does not readmit a person who was removed", async () => {
    const { domain, owner, organization, readRole, actions } = await arrange();
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await removeMember(application.database, actorIn(owner.person, organization), { userId });
    await person.signIn();
    expect(await readRole(userId)).toBeNull();
    expect(await actions()).toEqual(["member.joined", "member.removed"]);
  });

  it("does not change a person who became a member since the domains were listed", async () => {
    const { organization, domain, viewer, readRole, actions } = await arrange({ role: "admin" });
    const { id } = viewer.person;
    await giveAddress(application, viewer.person, `viewer@${domain}`);
    const guest = { user: { id }, organization, request: null };
    await joinBySigningIn(application.database, guest, { domain });
    expect(await readRole(id)).toBe("viewer");
    expect(await actions()).toEqual([]);
  });

  it("IN07 works without a free seat: the person joins elsewhere, and here once there is one", async () => {
    const [full, roomy] = [await arrange(), await arrange()];
    await addDomain(application, roomy.organization, { domain: full.domain, mode: "automatic" });
    const limit = (seats: number) =>
      application.query("update organizations set seat_limit = $2 where id = $1", [
        full.organization.id,
        seats,
      ]);
    await limit(4);
    const person = inventPerson(full.domain);
    const userId = await person.signIn();
    expect(await full.readRole(userId)).toBeNull();
    expect(await roomy.readRole(userId)).toBe("member");
    expect(application.logged()).toMatch(
      new RegExp(`"code":"membership.no_seat","organizationId":"${full.organization.id}"`),
    );
    await limit(5);
    await person.signIn();
    expect(await full.readRole(userId)).toBe("member");
  });

  it("works if the database refuses to make the membership", async () => {
    const { organization, domain, readRole } = await arrange();
    await application.query(`revoke insert on audit_events from ${applicationRole}`);
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await application.query(`grant insert on audit_events to ${applicationRole}`);
    expect(await readRole(userId)).toBeNull();
    expect(application.logged()).toContain(
      `"organizationId":"${organization.id}","msg":"a user could not join an organization by signing in"`,
    );
    await person.signIn();
    expect(await readRole(userId)).toBe("member");
  });
});
