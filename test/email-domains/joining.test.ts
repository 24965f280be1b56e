import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { removeMember } from "../../src/memberships/member.ts";
import { actorIn } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { markDeleted, readEvents, readRole as readRoleOf } from "../support/world.ts";
import { addDomain, assemble, giveAddress, inventDomain, joiningPath } from "./world.ts";

const application = useApplication();

/** An organization with a domain, and an outsider with an address there. */
async function arrange(options: Parameters<typeof addDomain>[2] = {}) {
  const world = await assemble(application);
  const { organization, outsider } = world;
  const domain = await addDomain(application, organization, options);
  await giveAddress(application, outsider.person, `out@${domain}`);
  const path = joiningPath(organization, domain, outsider.person);
  const readRole = (person = outsider.person) => readRoleOf(application, organization, person);
  return { ...world, domain, path, readRole, join: () => outsider.agent.post(path) };
}

const readRequests = ({ id }: { id: string }) =>
  application.query<{ id: string }>(
    `select id, user_id as "userId", role, origin, origin_id as "originId", status
       from join_requests where organization_id = $1`,
    [id],
  );

describe("POST /organizations/:organizationId/email-domains/:domain/joining", () => {
  it.each(["offer", "automatic"])("makes the person a member, for the mode %s", async (mode) => {
    const { organization, outsider, domain, readRole, join } = await arrange({
      mode,
      role: "viewer",
    });
    const answer = await join();
    expect([answer.status, answer.headers["location"]]).toEqual([303, `/o/${organization.slug}`]);
    expect(await readRole()).toBe("viewer");
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "member.joined",
        actorId: outsider.person.id,
        targetId: outsider.person.id,
        details: { role: "viewer", via: "email_domain", domain },
      },
    ]);
    expect((await outsider.agent.get(`/o/${organization.slug}`)).status).toBe(200);
  });

  it("makes one request for the mode request, and says so", async () => {
    const { organization, outsider, domain, readRole, join } = await arrange({ mode: "request" });
    for (const _time of ["first", "again"]) {
      const answer = await join();
      const { location } = answer.headers as { location: string };
      expect([answer.status, location]).toEqual([303, "/organizations"]);
      expect((await outsider.agent.get(location)).text).toContain("You asked to join.");
    }
    expect(await readRole()).toBeNull();
    expect(await readRequests(organization)).toEqual([
      {
        id: expect.any(String),
        userId: outsider.person.id,
        role: "member",
        origin: "email_domain",
        originId: domain,
        status: "pending",
      },
    ]);
    expect((await readEvents(application, organization)).map(({ action }) => action)).toEqual([
      "join_request.made",
    ]);
  });

  it("uses the present rules, not those that the page showed", async () => {
    const { domain, readRole, join } = await arrange({ mode: "offer", role: "admin" });
    await application.query(
      "update email_domains set mode = 'request', role = 'viewer' where domain = $1",
      [domain],
    );
    expect((await join()).headers["location"]).toBe("/organizations");
    expect(await readRole()).toBeNull();
  });

  it("IN02 redirects a member to the organization, and changes nothing", async () => {
    const { organization, domain, viewer, readRole } = await arrange({ role: "admin" });
    await giveAddress(application, viewer.person, `viewer@${domain}`);
    const before = await readEverythingOf(application, organization);
    const answer = await viewer.agent.post(joiningPath(organization, domain, viewer.person));
    expect([answer.status, answer.headers["location"]]).toEqual([303, `/o/${organization.slug}`]);
    expect(await readRole(viewer.person)).toBe("viewer");
    expect(await readEverythingOf(application, organization)).toEqual(before);
  });

  it("IN05 SI31 is the same 404 for every person who may not join", async () => {
    const { organization, domain, outsider, readRole } = await arrange();
    const waiting = await addDomain(application, organization, { isVerified: false });
    const gone = await arrange();
    await markDeleted(application, gone.organization);
    const ask = async ({ id = organization.id, of = domain } = {}): Promise<string> => {
      const answer = await outsider.agent.post(
        joiningPath({ ...organization, id }, of, outsider.person),
      );
      const { text, headers, status } = answer;
      expect(status, `${id} ${of}`).toBe(404);
      // The header has the address of the reader, which this test changes.
      return text
        .replaceAll(headers["x-request-id"] ?? "-", "")
        .replace(/<header.*<\/header>/s, "");
    };

    const missing = await ask({ id: randomUUID() });
    expect(await ask({ id: "1" })).toBe(missing);
    expect(await ask({ of: inventDomain() })).toBe(missing);
    expect(await ask({ of: domain.toUpperCase() })).toBe(missing);
    await giveAddress(application, outsider.person, `out@${waiting}`);
    expect(await ask({ of: waiting })).toBe(missing);
    expect(await ask()).toBe(missing);
    await giveAddress(application, outsider.person, `out@mail.${domain}`);
    expect(await ask()).toBe(missing);
    await giveAddress(application, outsider.person, `out@${domain}`, { isVerified: false });
    expect(await ask()).toBe(missing);
    await application.query("update users set email = null where id = $1", [outsider.person.id]);
    expect(await ask()).toBe(missing);
    expect(await readRole()).toBeNull();
    await giveAddress(application, outsider.person, `out@${gone.domain}`);
    expect(await ask({ id: gone.organization.id, of: gone.domain })).toBe(missing);
  });
});

describe("a former member", () => {
  it("does not affect other people, or the person in other organizations", async () => {
    const { organization, domain, owner, outsider, join, readRole } = await arrange();
    await join().expect(303);
    await removeMember(application.database, actorIn(owner.person, organization), {
      userId: outsider.person.id,
    });
    const colleague = await application.createPerson();
    await giveAddress(application, colleague, `col@${domain}`);
    const agent = await application.signInAs(colleague);
    await agent.post(joiningPath(organization, domain, colleague)).expect(303);
    expect(await readRole(colleague)).toBe("member");
    const elsewhere = await arrange();
    await giveAddress(application, outsider.person, `out@${elsewhere.domain}`);
    await outsider.agent
      .post(joiningPath(elsewhere.organization, elsewhere.domain, outsider.person))
      .expect(303);
    expect(await elsewhere.readRole(outsider.person)).toBe("member");
  });
});
