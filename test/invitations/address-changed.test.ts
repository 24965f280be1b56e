import { describe, expect, it } from "vitest";

import { bodyOf, useWebhooks } from "../logto/webhook-world.ts";
import { assemble, inventEmail } from "./world.ts";

const world = useWebhooks();
const { application } = world;

describe("an invitation to an address that a person no longer has at Logto", () => {
  it("PR06 does not match them after the webhook of Logto; an invitation to the new address does", async () => {
    const host = await assemble(application);
    const [former, present] = [inventEmail(), inventEmail()];
    const person = await world.createKnown({ primaryEmail: former });
    const agent = await application.signInAs(person);
    const opened = await host.invite(former);
    const path = `/invitations/${opened.token}`;
    const offered = async () =>
      (await agent.get("/organizations")).text.includes(host.organization.name);
    expect(await offered()).toBe(true);

    await world.changeAtLogto(person.subject, { primaryEmail: present });
    const body = bodyOf("PATCH /users/{id} name", { params: { userId: person.subject } });
    expect(await world.deliver(body)).toBe("done");

    expect(await world.readUser(person.id)).toMatchObject({
      email: present,
      proven_email: present,
    });
    expect(await offered()).toBe(false);
    const byLink = await agent.post(`${path}/acceptance?account=${person.id}`).accept("json");
    expect(byLink.body).toMatchObject({ status: 403, code: "invitation.other_account" });
    const guest = `/organizations/${host.organization.id}/invitations/${opened.id}`;
    const byName = await agent.post(`${guest}/acceptance?account=${person.id}`).accept("json");
    expect(byName.status).toBe(404);
    expect(
      await application.query("select from memberships where user_id = $1", [person.id]),
    ).toEqual([]);

    await host.invite(present);
    expect(await offered()).toBe(true);
  });
});
