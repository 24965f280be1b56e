import { describe, expect, it } from "vitest";

import { createPageToken, formAction } from "../../src/tenancy/page-token.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { takeCookies } from "../support/session-cookie.ts";
import { assemble, readOrganization } from "../organizations/world.ts";

const application = useApplication();

/** The forms of a page that post to its organization, as they were when the page was opened. */
async function openForms(agent: Agent, path: string) {
  const { text } = await agent.get(path);
  const forms = findForms({ html: text, url: application.baseUrl })
    .map(({ action, fields }) => ({ url: new URL(action), fields: Object.fromEntries(fields) }))
    .filter(({ url }) => url.pathname.startsWith("/o/"));
  return forms.map(({ url, fields }) => ({ path: url.pathname + url.search, fields }));
}

type OpenForm = Awaited<ReturnType<typeof openForms>>[number];

const send = (agent: Agent, { path, fields }: OpenForm) =>
  agent.post(path).type("form").send(fields);

/** The forms of the settings, filled in so that each would change something. */
async function openSettings(agent: Agent, slug: string): Promise<OpenForm[]> {
  const forms = await openForms(agent, `/o/${slug}/settings`);
  return forms.map(({ path, fields }) => ({
    path,
    fields: {
      ...fields,
      ...("name" in fields && { name: "Written by an old page" }),
      ...("slug" in fields && { slug: `${slug.slice(0, 30)}-old` }),
      ...("confirmation" in fields && { confirmation: slug }),
    },
  }));
}

describe("a form of a page that is out of date", () => {
  it("is 409 after the role has changed, and writes nothing, though the new role might", async () => {
    const { organization, owner, admin } = await assemble(application);
    const ofOwner = await openSettings(owner.agent, organization.slug);
    const ofAdmin = await openSettings(admin.agent, organization.slug);
    expect(ofOwner.map(({ path }) => path.replace(/\?.*/, "").split("/")[3])).toEqual([
      "settings",
      "settings",
      "settings",
      "ownership",
      "deletion",
    ]);
    expect(ofAdmin).toHaveLength(3);
    await application.query(
      `update memberships set role = (case user_id when $2 then 'admin' else 'owner' end)::role
        where organization_id = $1 and user_id = any($3)`,
      [organization.id, owner.person.id, [owner.person.id, admin.person.id]],
    );
    const before = await readOrganization(application, organization);
    for (const [agent, forms] of [
      [owner.agent, ofOwner],
      [admin.agent, ofAdmin],
    ] as const) {
      for (const form of forms) {
        const answer = await send(agent, form);
        expect(answer.status, form.path).toBe(409);
        expect(answer.text).toContain("Nothing was done.");
      }
    }
    expect(await readOrganization(application, organization)).toEqual(before);
  });

  it("says why, keeps what was typed, and has a code for programs", async () => {
    const { organization, owner } = await assemble(application);
    const forged = {
      path: `/o/${organization.slug}/settings?pageToken=another`,
      fields: { name: "x" },
    };
    const page = await send(owner.agent, forged);
    expect(page.status).toBe(409);
    expect(page.text).toContain("Nothing was done.");
    expect(page.text).toContain("your role, the account you are signed in with");
    expect(page.text).toMatch(/name="name" value="x"/);
    const problem = await send(owner.agent, forged).accept("json");
    expect(problem.body).toMatchObject({ status: 409, code: "membership.page_outdated" });
    expect(page.headers["cache-control"]).toContain("no-store");
  });

  it("is 409 after another tab has signed in as another person, even one with the same role", async () => {
    const { organization, owner, admin } = await assemble(application);
    const forms = await openSettings(owner.agent, organization.slug);
    const before = await readOrganization(application, organization);
    const { cookie } = await application.createSessionCookie(admin.person, {
      authenticationAge: 0,
    });
    takeCookies(owner.agent, cookie);
    for (const form of forms) expect((await send(owner.agent, form)).status).toBe(409);
    expect(await readOrganization(application, organization)).toEqual(before);
    await application.query("update memberships set role = 'owner' where user_id = $1", [
      admin.person.id,
    ]);
    for (const form of forms) expect((await send(owner.agent, form)).status).toBe(409);
    expect((await readOrganization(application, organization)).events).toEqual([]);
  });

  it("TI19 is 409 after its address went to another organization of the same person, in the same role", async () => {
    const first = await assemble(application);
    const second = await application.createOrganization(first.owner.person);
    const { slug } = first.organization;
    const forms = await openSettings(first.owner.agent, slug);
    await application.query("update organizations set slug = slug || '-left' where id = $1", [
      first.organization.id,
    ]);
    await application.query("delete from organization_slugs where slug = $1", [slug]);
    await application.query("update organizations set slug = $2 where id = $1", [second.id, slug]);
    expect((await first.owner.agent.get(`/o/${slug}`)).text).toContain(second.name);
    const before = [
      await readOrganization(application, first.organization),
      await readOrganization(application, second),
    ];
    for (const form of forms) expect((await send(first.owner.agent, form)).status).toBe(409);
    expect([
      await readOrganization(application, first.organization),
      await readOrganization(application, second),
    ]).toEqual(before);
  });

  it("goes through after the organization was only renamed or moved, by way of 308", async () => {
    const { organization, owner, admin, settings } = await assemble(application);
    const [form] = await openSettings(admin.agent, organization.slug);
    if (!form) throw new Error("no form");
    const slug = `${organization.slug}-new`;
    await owner.agent.post(settings).type("form").send({ name: "Meanwhile", slug });
    const moved = await send(admin.agent, form);
    expect([moved.status, moved.headers["location"]]).toEqual([
      308,
      form.path.replace(organization.slug, slug),
    ]);
    const answer = await send(admin.agent, { ...form, path: moved.headers["location"] ?? "" });
    expect(answer.status).toBe(303);
    expect((await admin.agent.get(`/o/${slug}`)).text).toContain("Written by an old page");
  });

  it("does not bind programs, which have no page, or GET", async () => {
    const { owner, settings } = await assemble(application);
    const answer = await owner.agent.post(settings).type("form").send({ name: "By a program" });
    expect(answer.status).toBe(303);
    expect((await owner.agent.get(`${settings}?pageToken=another`)).status).toBe(200);
  });
});

describe("formAction()", () => {
  const actor = {
    user: { id: "u" },
    organization: { id: "o", slug: "acme", name: "Acme" },
    role: "admin",
  } as const;

  it("depends on account, organization and role, and on nothing else", () => {
    const own = createPageToken(actor);
    expect(own).toMatch(/^[\w-]{16}$/);
    const renamed = { ...actor.organization, slug: "other", name: "Other" };
    expect(createPageToken({ ...actor, organization: renamed })).toBe(own);
    for (const other of [
      { ...actor, user: { id: "v" } },
      { ...actor, role: "owner" as const },
      { ...actor, organization: { ...actor.organization, id: "p" } },
      { ...actor, user: { id: "u o" }, organization: { ...actor.organization, id: "" } },
    ]) {
      expect(createPageToken(other)).not.toBe(own);
    }
  });

  it("escapes the slug, and takes an empty path for the organization itself", () => {
    const strange = { ...actor, organization: { ...actor.organization, slug: "a/../b" } };
    expect(formAction(strange, "settings")).toMatch(/^\/o\/a%2F\.\.%2Fb\/settings\?pageToken=/);
    expect(formAction(actor, "")).toMatch(/^\/o\/acme\?pageToken=[\w-]{16}$/);
  });
});
