import { describe, expect, it } from "vitest";

import { createPageToken } from "../../src/tenancy/page-token.ts";
import { assembleCast, isPermission } from "../isolation/cast.ts";
import { sampleRequest } from "../isolation/sample-request.ts";
import { assemble } from "../organizations/world.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { takeCookies } from "../support/session-cookie.ts";

const application = useApplication();

/** The address of the form of a page whose own address ends like this. */
async function findAction(agent: Agent, path: string, end: string): Promise<string> {
  const { text } = await agent.get(path);
  const actions = findForms({ html: text, url: application.baseUrl }).map(
    ({ action }) => new URL(action),
  );
  const found = actions.find(({ pathname }) => pathname.endsWith(end));
  if (!found) throw new Error(`${path} has no form ${end}`);
  return found.pathname + found.search;
}

/** Ends the session as time does, so that the browser still has its cookie. */
const lapse = ({ id }: { id: string }) =>
  application.query(
    "update sessions set last_seen_at = now() - interval '90 days' where user_id = $1",
    [id],
  );

async function signInAgain(agent: Agent, person: { id: string; name: string }) {
  const { cookie } = await application.createSessionCookie(person, { authenticationAge: 0 });
  takeCookies(agent, cookie);
}

const post = (agent: Agent, path: string, fields: object) =>
  agent.post(path).accept("html").type("form").send(fields);

describe("a form whose session has lapsed", () => {
  it("SE28 is there once, with what was typed, when its person is back", async () => {
    const { owner, settings } = await assemble(application);
    const action = await findAction(owner.agent, settings, "/settings");
    await lapse(owner.person);
    const refused = await post(owner.agent, action, { name: "Typed before lunch" });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain("What you typed is kept for ten minutes");
    expect(refused.text).toContain(`returnTo=${encodeURIComponent(settings)}`);
    await signInAgain(owner.agent, owner.person);
    expect((await owner.agent.get("/account")).text).not.toContain("Typed before lunch");
    const inBackground = await owner.agent.get(settings).set("Sec-Fetch-Dest", "empty");
    expect(inBackground.text).not.toContain("Typed before lunch");
    const back = await owner.agent.get(settings);
    expect(back.status).toBe(200);
    expect(back.text).toContain('value="Typed before lunch"');
    expect(back.text).toContain("You are signed in again. Nothing was changed so far");
    expect((await owner.agent.get(settings)).text).not.toContain("Typed before lunch");
  });

  it("SE28 is not shown to another person", async () => {
    const { owner, admin, settings } = await assemble(application);
    const action = await findAction(owner.agent, settings, "/settings");
    await lapse(owner.person);
    await post(owner.agent, action, { name: "Only for the owner" });
    await signInAgain(owner.agent, admin.person);
    const page = await owner.agent.get(settings);
    expect([page.status, page.text.includes("Only for the owner")]).toEqual([200, false]);
  });

  it("does not wait if its address names nobody", async () => {
    const { owner, settings } = await assemble(application);
    await lapse(owner.person);
    const refused = await post(owner.agent, settings, { name: "By a program" });
    expect(refused.status).toBe(401);
    expect(refused.text).not.toContain("is kept for ten minutes");
    expect(refused.headers["set-cookie"]).toBeUndefined();
  });
});

describe("a form that needs a proof", () => {
  it("SE28 is there, with what was chosen, after re-authentication, and does nothing by itself", async () => {
    const { owner, admin, settings, organization } = await assemble(application);
    await signInAgain(owner.agent, owner.person);
    const action = await findAction(owner.agent, settings, "/ownership");
    const { cookie } = await application.createSessionCookie(owner.person);
    takeCookies(owner.agent, cookie);
    const refused = await post(owner.agent, action, { userId: admin.person.id });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("What you typed is kept for ten minutes");
    await signInAgain(owner.agent, owner.person);
    const back = await owner.agent.get(settings);
    expect(back.text).toMatch(new RegExp(`<option value="${admin.person.id}" selected`));
    const owners = await application.query(
      "select user_id from memberships where organization_id = $1 and role = 'owner'",
      [organization.id],
    );
    expect(owners).toEqual([{ user_id: owner.person.id }]);
  });
});

/** The routes of an organization that show their form again. Each keeps its form for every cause, or the test names it. */
const withForms = () =>
  application.routes.filter(
    (each) => each.invalid && !each.file && isPermission(each.access) && each.bodyFormat !== "json",
  );

/** Whether a form of a page would send these values. */
function hasForm(html: string, values: Record<string, unknown>): boolean {
  const forms = findForms({ html, url: application.baseUrl });
  return forms.some(({ fields }) =>
    Object.entries(values).every(([name, value]) =>
      fields.some(([field, shown]) => field === name && shown === value),
    ),
  );
}

/** Without the fields that are never kept, the confirmation, which a person types anew on a page that has changed, and buttons. */
const left = (body: Record<string, unknown> | undefined, ...names: string[]) =>
  Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => !names.includes(name)));

describe("every route that shows its form again", () => {
  it("SE28 keeps what was typed where the page is out of date, and where the session has lapsed", async () => {
    const cast = await assembleCast(application);
    const { organization, owner } = cast;
    const agent = cast.agents.owner;
    const pageToken = createPageToken({ user: owner, organization, role: "owner" });
    const lost: string[] = [];
    expect(withForms().length).toBeGreaterThan(6);
    const samples = [];
    for (const each of withForms()) {
      samples.push({ each, ...(await sampleRequest(application, each, cast)) });
    }
    for (const { each, path, query, body } of samples) {
      const submit = (token: string) =>
        agent
          .post(path)
          .query({ ...query, pageToken: token })
          .accept("html")
          .type("form")
          .send(body);
      const stale = await submit("another");
      expect(stale.status, each.path).toBe(409);
      if (!hasForm(stale.text, left(body, "token", "confirmation", "act")))
        lost.push(`stale ${each.path}`);
      await lapse(owner);
      const lapsed = await submit(pageToken);
      expect(lapsed.status, each.path).toBe(401);
      await signInAgain(agent, owner);
      const href = /href="(\/sign-in[^"]*)"/.exec(lapsed.text)?.[1] ?? "";
      const page = new URL(href, application.baseUrl).searchParams.get("returnTo") ?? "";
      const back = await agent.get(page);
      expect(back.text, each.path).toContain("You are signed in again.");
      if (!hasForm(back.text, left(body, "token", "act"))) lost.push(`lapsed ${each.path}`);
      expect(back.text).not.toContain("hf_made_up_token");
    }
    expect(lost).toEqual([]);
  });
});
