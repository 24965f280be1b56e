import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { refuseRequest, requestToJoin } from "../../src/join-requests/join-request.ts";
import { changeRole, leaveOrganization, removeMember } from "../../src/memberships/member.ts";
import { changeAsGuest } from "../../src/tenancy/joining.ts";
import { actorIn } from "../support/acting.ts";
import { useSignIn } from "../support/sign-in.ts";
import { joinBySigningIn } from "../../src/email-domains/joining.ts";
import { applicationRole } from "../../src/database/database.ts";
import {
  addDomain,
  assemble,
  giveAddress,
  inventDomain,
  readEvents,
  readMembers,
} from "./world.ts";

const world = useSignIn();
const { application } = world;

/** Somebody at the identity provider who has an address there, and can come as often as they like. */
function inventPerson(domain: string, { isVerified = true } = {}) {
  const sub = randomUUID().slice(0, 12);
  const claims = { sub, email: `${sub}@${domain}`, email_verified: isVerified };
  return {
    /** @returns their id here */
    async signIn(): Promise<string> {
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
  const { organization, owner } = colleagues;
  const domain = await addDomain(application, organization, { mode, role });
  return {
    ...colleagues,
    domain,
    actor: actorIn(owner.person, organization),
    readRole: async (userId: string) => (await readMembers(application, organization)).get(userId),
    actions: async () => (await readEvents(application, organization)).map(({ action }) => action),
  };
}

describe("signing in, where people join by that", () => {
  it("makes a member of whoever has a verified address, and the log says that nobody did it", async () => {
    const { organization, domain, readRole } = await arrange({ role: "viewer" });
    const userId = await inventPerson(domain).signIn();
    const [mail, ...others] = await application.deliverMail();
    expect(mail?.to).toContain(`@${domain}`);
    expect(mail?.subject).toBe(`You are a member of ${organization.name} now`);
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

  it("joins every organization where that is so, and each once", async () => {
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

  it.each(["offer", "request"])("does nothing where they only may, for %s", async (mode) => {
    const { domain, readRole, actions } = await arrange({ mode });
    expect(await readRole(await inventPerson(domain).signIn())).toBeUndefined();
    expect(await actions()).toEqual([]);
  });

  it("IN05 SI31 does nothing for an address that nobody vouches for", async () => {
    const { domain, readRole } = await arrange();
    const unverified = inventPerson(domain, { isVerified: false });
    expect(await readRole(await unverified.signIn())).toBeUndefined();
    expect(await readRole(await inventPerson(`mail.${domain}`).signIn())).toBeUndefined();
    expect(await readRole(await inventPerson(inventDomain()).signIn())).toBeUndefined();
  });

  it("SI31 goes by Hugging Face, and not by what Logto makes of it", async () => {
    const { domain, readRole } = await arrange();
    const sub = randomUUID().slice(0, 12);
    const claims = { sub, email: `hf@${domain}`, email_verified: true };
    const signIn = async (isVouched: boolean) => {
      const rawData = { sub: "hf", email: `hf@${domain}`, email_verified: isVouched };
      world.issuer.idToken.claims = claims;
      world.issuer.userinfo = {
        ...claims,
        identities: { huggingface: { userId: "hf", details: { email: `hf@${domain}`, rawData } } },
      };
      await world.signIn(application.visitor());
      const [user] = await application.query<{ id: string }>(
        "select id from users where subject = $1",
        [sub],
      );
      return readRole(user?.id ?? "");
    };
    expect(await signIn(false)).toBeUndefined();
    expect(await signIn(true)).toBe("member");
  });

  it("does nothing by a domain that waits, and nothing of a deleted organization", async () => {
    const waiting = await arrange();
    await application.query("update email_domains set verified_at = null where domain = $1", [
      waiting.domain,
    ]);
    expect(await waiting.readRole(await inventPerson(waiting.domain).signIn())).toBeUndefined();
    const deleted = await arrange();
    await application.query("update organizations set deleted_at = now() where id = $1", [
      deleted.organization.id,
    ]);
    expect(await deleted.readRole(await inventPerson(deleted.domain).signIn())).toBeUndefined();
  });

  it.each(["viewer", "admin"] as const)("leaves a member's role as it is: %s", async (role) => {
    const { domain, actor, readRole, actions } = await arrange();
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await changeRole(application.database, actor, { userId, role });
    await person.signIn();
    expect(await readRole(userId)).toBe(role);
    expect(await actions()).toEqual(["member.joined", "member.role_changed"]);
  });

  it("leaves somebody alone who has become a member since the list was made", async () => {
    const { organization, domain, viewer, readRole, actions } = await arrange({ role: "admin" });
    const { id } = viewer.person;
    await giveAddress(application, viewer.person, `viewer@${domain}`);
    const guest = { user: { id }, organization, request: null };
    await joinBySigningIn(application.database, guest, { domain });
    expect(await readRole(id)).toBe("viewer");
    expect(await actions()).toEqual([]);
  });

  it("lifts no suspension", async () => {
    const { organization, domain, actions } = await arrange();
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await application.query("update memberships set suspended_at = now() where user_id = $1", [
      userId,
    ]);
    await person.signIn();
    expect(await actions()).toEqual(["member.joined"]);
    expect(
      await application.query<{ isSuspended: boolean }>(
        `select suspended_at is not null as "isSuspended" from memberships
          where organization_id = $1 and user_id = $2`,
        [organization.id, userId],
      ),
    ).toEqual([{ isSuspended: true }]);
  });

  it("brings nobody back who was removed", async () => {
    const { domain, actor, readRole, actions } = await arrange();
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await removeMember(application.database, actor, { userId });
    await person.signIn();
    await person.signIn();
    expect(await readRole(userId)).toBeUndefined();
    expect(await actions()).toEqual(["member.joined", "member.removed"]);
  });

  it("brings nobody back who left", async () => {
    const { domain, actor, readRole, actions } = await arrange();
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await leaveOrganization(application.database, { ...actor, user: { id: userId } });
    await person.signIn();
    expect(await readRole(userId)).toBeUndefined();
    expect(await actions()).toEqual(["member.joined", "member.left"]);
  });

  it("brings nobody back who was removed before people joined by their address", async () => {
    const { organization, domain, actor, readRole } = await arrange({ mode: "request" });
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await application.addMember(organization, { id: userId, name: "" }, "member");
    await removeMember(application.database, actor, { userId });
    await application.query("update email_domains set mode = 'automatic' where domain = $1", [
      domain,
    ]);
    await person.signIn();
    expect(await readRole(userId)).toBeUndefined();
  });

  it("takes nobody in who waits for an answer, or was refused", async () => {
    const { organization, domain, actor, readRole } = await arrange();
    const person = inventPerson(inventDomain());
    const userId = await person.signIn();
    const request = {
      organizationId: organization.id,
      userId,
      role: "viewer" as const,
      origin: "invitation",
      originId: "x",
    };
    const guest = { user: { id: userId }, organization, request: null };
    const id = await changeAsGuest(application.database, guest, async (tx) => {
      const event = await requestToJoin(tx, request);
      return { value: event?.target.id ?? "", event };
    });
    // Now their address is there.
    const signInThere = async () => {
      await application.query("update users set email = $2, email_verified = true where id = $1", [
        userId,
        `x@${domain}`,
      ]);
      const [user] = await application.query<{ subject: string }>(
        "select subject from users where id = $1",
        [userId],
      );
      const claims = { sub: user?.subject, email: `x@${domain}`, email_verified: true };
      world.issuer.idToken.claims = claims;
      world.issuer.userinfo = claims;
      await world.signIn(application.visitor());
    };
    await signInThere();
    expect(await readRole(userId)).toBeUndefined();
    await refuseRequest(application.database, actor, { id });
    await signInThere();
    expect(await readRole(userId)).toBeUndefined();
  });

  it("IN07 signs in all the same where no seat is left, joins elsewhere, and comes in once there is one", async () => {
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
    expect(await full.readRole(userId)).toBeUndefined();
    expect(await roomy.readRole(userId)).toBe("member");
    expect(application.logged()).toMatch(
      new RegExp(`"code":"membership.no_seat","organizationId":"${full.organization.id}"`),
    );
    await limit(5);
    await person.signIn();
    expect(await full.readRole(userId)).toBe("member");
  });

  it("signs in all the same where the database refuses", async () => {
    const { organization, domain, readRole } = await arrange();
    await application.query(`revoke insert on audit_events from ${applicationRole}`);
    const person = inventPerson(domain);
    const userId = await person.signIn();
    await application.query(`grant insert on audit_events to ${applicationRole}`);
    expect(await readRole(userId)).toBeUndefined();
    expect(application.logged()).toContain(
      `"organizationId":"${organization.id}","msg":"a user could not join an organization by signing in"`,
    );
    await person.signIn();
    expect(await readRole(userId)).toBe("member");
  });
});
