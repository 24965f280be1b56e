import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { readCookies, takeCookies } from "../support/session-cookie.ts";
import { assemble, findTokens, inventEmail, inviteByForm, linkByForm } from "./world.ts";

const application = useApplication();

/** An admin who has just made a link; the page to which the form leads is not open yet. */
async function makeLink() {
  const world = await assemble(application);
  const { admin } = world.people;
  const answer = await linkByForm(admin.agent, world).redirects(0);
  expect([answer.status, answer.headers["location"]]).toEqual([303, world.list]);
  const countLinks = async (agent = admin.agent, path = world.list, header = {}) =>
    findTokens((await agent.get(path).set(header)).text).length;
  return { world, admin, countLinks };
}

const readReceipts = () =>
  application.query<{ sealed: string }>("select sealed from invitation_receipts");

describe("the links that a form makes", () => {
  it("IN18 are on the page that the form leads to, once", async () => {
    const { countLinks } = await makeLink();
    expect(await countLinks()).toBe(1);
    expect(await countLinks()).toBe(0);
  });

  it("IN18 are in no address, cookie or table", async () => {
    const { world, admin } = await makeLink();
    const { header } = readCookies(admin.agent);
    const everything = JSON.stringify([header, await world.readEverything()]);
    const [token = "none"] = findTokens((await admin.agent.get(world.list)).text);
    expect(everything).toContain("invitation-receipt");
    expect(everything).not.toContain(token);
    expect(await readReceipts()).toEqual([]);
  });

  it("IN18 wait while other pages are open, and for a person: not for HEAD, a prefetch or a script", async () => {
    const { world, admin, countLinks } = await makeLink();
    const other = await application.createOrganization(admin.person);
    await admin.agent.head(world.list);
    const elsewhere = [
      await countLinks(admin.agent, `/o/${other.slug}/invitations`),
      await countLinks(admin.agent, world.list, { "Sec-Purpose": "prefetch" }),
      await countLinks(admin.agent, world.list, { "Sec-Fetch-Dest": "empty" }),
    ];
    expect(elsewhere).toEqual([0, 0, 0]);
    expect(await countLinks()).toBe(1);
  });

  it("IN18 are for the person and the browser that sent the form", async () => {
    const { world, admin, countLinks } = await makeLink();
    expect(await countLinks(await application.signInAs(admin.person))).toBe(0);
    const { cookie } = await application.createSessionCookie(world.people.owner.person);
    const borrowed = application.visitor();
    takeCookies(borrowed, readCookies(admin.agent).header);
    takeCookies(borrowed, cookie);
    expect(await countLinks(borrowed)).toBe(0);
    expect(await countLinks()).toBe(1);
  });

  it("IN18 are shown within two minutes; the next form removes those that nobody saw", async () => {
    const { world, admin, countLinks } = await makeLink();
    await application.query(
      "update invitation_receipts set created_at = created_at - interval '3 minutes'",
    );
    expect(await countLinks()).toBe(0);
    expect(await readReceipts()).toHaveLength(1);
    await linkByForm(admin.agent, world).redirects(0);
    expect(await readReceipts()).toHaveLength(1);
    expect(await countLinks()).toBe(1);
  });

  it("IN18 are shown to nobody who may not invite any more", async () => {
    const { world, admin, countLinks } = await makeLink();
    await application.query("update memberships set role = 'member' where user_id = $1", [
      admin.person.id,
    ]);
    expect(await countLinks()).toBe(0);
    expect((await admin.agent.get(world.list)).status).toBe(403);
  });

  it("come with the names of those who got no invitation", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const [first, second] = [inventEmail(), inventEmail()];
    await inviteByForm(agent, world, first);
    const { text } = await inviteByForm(agent, world, `${first}, ${second}`);
    expect(text).toContain("1 person invited");
    expect(text).toContain("Copy this link now.");
    expect(text).toContain(`${first} is already invited.`);
  });
});
