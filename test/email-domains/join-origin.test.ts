import { describe, expect, it } from "vitest";

import { emailDomainOrigin } from "../../src/email-domains/join-origin.ts";
import { approveRequest, refuseRequest } from "../../src/join-requests/join-request.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { readRole as readRoleOf } from "../support/world.ts";
import { addDomain, assemble, giveAddress, joiningPath } from "./world.ts";

const application = useApplication();

/** A person with a pending request, and an admin who decides. */
async function arrange() {
  const world = await assemble(application);
  const { organization, outsider, admin } = world;
  const domain = await addDomain(application, organization, { mode: "request" });
  await giveAddress(application, outsider.person, `out@${domain}`);
  await outsider.agent.post(joiningPath(organization, domain, outsider.person)).expect(303);
  const [request] = await application.query<{ id: string }>(
    "select id from join_requests where organization_id = $1",
    [organization.id],
  );
  const id = request?.id ?? "";
  const actor = actorIn(admin.person, organization);
  const approve = () =>
    attempt(approveRequest(application.database, actor, { id }, [emailDomainOrigin]));
  const readRole = () => readRoleOf(application, organization, outsider.person);
  return { ...world, domain, id, actor, approve, readRole };
}

describe("emailDomainOrigin", () => {
  it("names the domain", async () => {
    const { organization, outsider, domain } = await arrange();
    const request = {
      organizationId: organization.id,
      userId: outsider.person.id,
      role: "member" as const,
      origin: "email_domain",
      originId: domain,
    };
    expect(emailDomainOrigin.name).toBe("email_domain");
    expect(
      await application.database.forOrganization(organization.id, (tx) =>
        emailDomainOrigin.describe(tx, request),
      ),
    ).toBe(`has a verified address at ${domain}`);
  });

  it("gives the role that the domain has when the request is approved", async () => {
    const { domain, approve, readRole } = await arrange();
    await application.query("update email_domains set role = 'viewer' where domain = $1", [domain]);
    expect(await approve()).toBe("done");
    expect(await readRole()).toBe("viewer");
  });

  it.each([
    ["the domain was removed", "delete from email_domains where domain = $1"],
    [
      "it is not verified any more",
      "update email_domains set verified_at = null where domain = $1",
    ],
    [
      "the address is another now",
      "update users set email = 'x@y.example' where email like '%@' || $1",
    ],
    [
      "nobody vouches for it any more",
      "update users set email_verified = false where email like '%@' || $1",
    ],
  ])("gives nothing if %s", async (_what, statement) => {
    const { domain, approve, readRole } = await arrange();
    await application.query(statement, [domain]);
    expect(await approve()).toBe("join_request.void");
    expect(await readRole()).toBeNull();
  });

  it("allows another request after a refusal, but no joining without approval", async () => {
    const { organization, outsider, domain, id, actor, readRole } = await arrange();
    await refuseRequest(application.database, actor, { id });
    await application.query("update email_domains set mode = 'offer' where domain = $1", [domain]);
    const answer = await outsider.agent.post(joiningPath(organization, domain, outsider.person));
    expect(answer.headers["location"]).toBe("/organizations");
    expect(await readRole()).toBeNull();
  });
});
