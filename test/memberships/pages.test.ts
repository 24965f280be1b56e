import { describe, expect, it } from "vitest";

import { permissions, roles } from "../../src/access/roles.ts";
import { type Agent, useApplication } from "../support/application.ts";
import { type Colleague } from "../support/colleagues.ts";
import { findForms } from "../support/page-forms.ts";
import { assemble } from "./world.ts";
import { suspend } from "../support/world.ts";

const application = useApplication();

async function open(agent: Agent, path: string) {
  const answer = await agent.get(path);
  expect(answer.status).toBe(200);
  return answer.text;
}

/** The rows of a page, one a member. */
const listRows = (html: string) =>
  (html.match(/<li class="relative px-4.*?<\/li>/gs) ?? []).map((row) => ({
    row,
    name: /font-semibold">([^<]*)</.exec(row.slice(row.indexOf("<p")))?.[1] ?? "",
  }));

const rowOf = (html: string, { person }: Colleague) =>
  listRows(html).find(({ name }) => name === person.name)?.row ?? "";

/** The page with the acts for one member: what "Manage" in their row leads to, if it has that. */
async function manage(agent: Agent, path: string, colleague: Colleague) {
  const row = rowOf(await open(agent, path), colleague);
  const [, href] = /<a class="btn[^>]*href="([^"]+)#manage"/.exec(row) ?? [];
  return href === undefined ? row : open(agent, href.replaceAll("&amp;", "&"));
}

/** The acts that a row offers, by the last word of each form's address. */
const actsIn = (row: string) =>
  findForms({ html: row, url: "http://localhost" }).map(({ action }) =>
    new URL(action).pathname.replace(/.*\//, ""),
  );

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

describe("GET /o/:slug/members", () => {
  it("shows all members with their roles, and marks the reader", async () => {
    const world = await assemble(application);
    const { owner, viewer, member } = world.people;
    await application.query(
      "update users set username = 'ada', email = 'ada@example.test' where id = $1",
      [member.person.id],
    );
    await suspend(application, member.person);
    const html = await open(viewer.agent, `${world.path}/members`);
    expect(listRows(html).map(({ name }) => name)).toEqual(
      Object.values(world.people).map(({ person }) => person.name),
    );
    expect(textOf(rowOf(html, owner))).toMatch(/Owner joined just now$/);
    expect(textOf(rowOf(html, member))).toContain(
      "Member Suspended ada@example.test (not verified) · @ada · joined",
    );
    await application.query("update users set email_verified = true where id = $1", [
      member.person.id,
    ]);
    const verified = await open(viewer.agent, `${world.path}/members`);
    expect(textOf(rowOf(verified, member))).toContain("Suspended ada@example.test · @ada · joined");
    expect(textOf(rowOf(html, viewer))).toContain("Viewer you");
    expect(rowOf(html, viewer)).toContain("your own membership");
    expect(html).not.toContain(world.outsider.person.name);
    expect(html).toMatch(/aria-current="page"[^>]*>Members</);
  });

  it("names people by a username or an email address if they have no name, and repeats nothing", async () => {
    const world = await assemble(application);
    const { member, viewer, owner } = world.people;
    const rename = (id: string, username: string | null, email: string | null) =>
      application.query("update users set name = null, username = $2, email = $3 where id = $1", [
        id,
        username,
        email,
      ]);
    await rename(member.person.id, null, "only@example.test");
    await rename(viewer.person.id, null, null);
    const html = await open(owner.agent, `${world.path}/members`);
    const names = listRows(html).map(({ name }) => name);
    expect(names.slice(2)).toEqual(["only@example.test (not verified)", "Unnamed person"]);
    expect(textOf(listRows(html)[2]?.row ?? "")).toMatch(/verified\) Member joined/);
  });

  it("CS13 escapes names", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const name = `<img src=x onerror=alert(1)>"'&`;
    await application.query(
      "update users set name = $2, username = $2, email = $2, avatar_url = 'javascript:alert(1)' where id = $1",
      [member.person.id, name],
    );
    const html = await open(
      owner.agent,
      `${world.path}/members?search=${encodeURIComponent("<img")}`,
    );
    expect(html).not.toContain("<img");
    expect(html).not.toContain("javascript:");
    expect(html).toContain("&lt;img src=x onerror=alert(1)>");
  });

  it.each([
    [
      "owner",
      {
        // The only owner can neither leave nor take another role.
        owner: [],
        admin: ["role", "suspension", "removal"],
        member: ["role", "suspension", "removal"],
        viewer: ["role", "reinstatement", "removal"],
      },
    ],
    [
      "admin",
      {
        owner: [],
        admin: ["role", "departure"],
        member: ["role", "suspension", "removal"],
        viewer: ["role", "reinstatement", "removal"],
      },
    ],
    ["member", { owner: [], admin: [], member: ["departure"], viewer: [] }],
    ["viewer", { owner: [], admin: [], member: [], viewer: ["departure"] }],
  ] as const)(
    "offers the %s the acts that they may do to each member, and no other",
    async (own, expected) => {
      const world = await assemble(application);
      const { viewer } = world.people;
      // A suspended viewer could not open the page.
      if (own !== "viewer") {
        await suspend(application, viewer.person);
      }
      const { agent } = world.people[own];
      for (const role of roles) {
        const html = await manage(agent, `${world.path}/members`, world.people[role]);
        expect(actsIn(rowOf(html, world.people[role])), role).toEqual(expected[role]);
        // The acts for the others are on their own pages.
        const others = roles.filter((each) => each !== role).map((each) => world.people[each]);
        expect(others.flatMap((other) => actsIn(rowOf(html, other)))).toEqual([]);
      }
    },
  );

  it.each([
    ["owner", ["owner", "admin", "member", "viewer"]],
    ["admin", ["admin", "member", "viewer"]],
  ] as const)("offers the %s the roles that they may give", async (own, expected) => {
    const world = await assemble(application);
    const { member } = world.people;
    const html = await manage(world.people[own].agent, `${world.path}/members`, member);
    const [, select = ""] =
      /<select[^>]*name="role"[^>]*>(.*?)<\/select>/s.exec(rowOf(html, member)) ?? [];
    const options = [...select.matchAll(/value="(\w+)"( selected)?/g)];
    expect(options.map(([, value]) => value)).toEqual(expected);
    expect(options.filter(([, , isSelected]) => isSelected).map(([, value]) => value)).toEqual([
      "member",
    ]);
  });

  it("names the member in each control, also for screen readers", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const { name } = member.person;
    const html = await manage(owner.agent, `${world.path}/members`, member);
    const row = rowOf(html, member);
    expect(textOf(rowOf(html, owner))).toContain("Manage your own membership");
    const said = [...row.matchAll(/<(a|summary|button|label)\b[^>]*>(.*?)<\/\1>/gs)].map(
      ([, , inner = ""]) => textOf(inner),
    );
    expect(said).toEqual([
      `Close ${name}`,
      `Role of ${name}`,
      `Change role of ${name}`,
      `Suspend ${name}`,
      `Remove… ${name}`,
      `Yes, remove ${name}`,
    ]);
    const ids = [...row.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(0);
    const all = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(all).size).toBe(all.length);
  });

  it("keeps the search while the acts for a member are shown, and closes them again", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    const path = `${world.path}/members?role=member`;
    const row = rowOf(await manage(owner.agent, path, member), member);
    expect(row).toMatch(/^<li [^>]*id="manage"/);
    expect(/<a class="btn[^>]*href="([^"]+)"/.exec(row)?.[1]).toBe(path);
    const [form] = findForms({ html: row, url: application.baseUrl });
    expect(form?.action).toContain("role=member");
    expect(form?.action).not.toContain("manage");
  });

  it("is at most 40 KB for an owner of an organization with 20 members on a page", async () => {
    const world = await assemble(application);
    await Promise.all(Array.from({ length: 20 }, () => world.join("member")));
    const html = await open(world.people.owner.agent, `${world.path}/members`);
    expect(listRows(html)).toHaveLength(20);
    expect(html.match(/#manage"/g)).toHaveLength(20);
    expect(Buffer.byteLength(html)).toBeLessThan(40_000);
  });

  it("finds members, and keeps the search on all pages", async () => {
    const world = await assemble(application);
    const { agent } = world.people.owner;
    const ids = (await Promise.all(Array.from({ length: 21 }, () => world.join("viewer")))).map(
      ({ person }) => person.id,
    );
    await application.query("update users set name = 'Robin ' || id where id = any($1)", [ids]);
    const form = findForms({
      html: await open(agent, `${world.path}/members`),
      url: application.baseUrl,
    }).find(({ method }) => method === "get");
    expect(form?.action).toBe(`${application.baseUrl}${world.path}/members`);
    expect(form?.fields).toEqual([
      ["search", ""],
      ["role", ""],
      ["status", ""],
    ]);
    const first = await open(agent, `${world.path}/members?search=robin&role=viewer`);
    expect(listRows(first)).toHaveLength(20);
    expect(first).toMatch(/name="search" value="robin"/);
    expect(first).toMatch(/value="viewer" selected/);
    expect(first).not.toContain("First page");
    const [, next = ""] = /href="([^"]+)"[^>]*>Next page/.exec(first) ?? [];
    const second = await open(agent, next.replaceAll("&amp;", "&"));
    expect(listRows(second)).toHaveLength(1);
    expect(second).not.toContain("Next page");
    const [, back = ""] = /href="([^"]+)"[^>]*>First page/.exec(second) ?? [];
    expect(back.replaceAll("&amp;", "&")).toBe(`${world.path}/members?search=robin&role=viewer`);
    const names = [...listRows(first), ...listRows(second)].map(({ name }) => name);
    expect(new Set(names).size).toBe(21);
  });

  it("says how many there are and how many the filters show, and keeps the filters when it is sorted", async () => {
    const world = await assemble(application);
    const { agent } = world.people.owner;
    const all = await open(agent, `${world.path}/members`);
    expect(textOf(all)).toContain("4 members Sort by Joined Name Role");
    const some = await open(agent, `${world.path}/members?role=viewer`);
    expect(textOf(some)).toContain("1 of 4 members");
    const [, byName = ""] = /href="([^"]+)"[^>]*>Name</.exec(some) ?? [];
    expect(byName.replaceAll("&amp;", "&")).toBe(`${world.path}/members?role=viewer&sort=name`);
    const sorted = await open(agent, `${world.path}/members?sort=role&search=`);
    expect(sorted).toMatch(/aria-current="true">Role</);
    expect(sorted).toMatch(/<input type="hidden" name="sort" value="role"/);
    expect(listRows(sorted).map(({ name }) => name)).toEqual(
      Object.values(world.people).map(({ person }) => person.name),
    );
    await agent.get(`${world.path}/members?sort=email`).expect(400);
  });

  it("lists the active or the suspended members only", async () => {
    const world = await assemble(application);
    const { owner, member } = world.people;
    await suspend(application, member.person);
    const namesOf = async (status: string) =>
      listRows(await open(owner.agent, `${world.path}/members?status=${status}`)).map(
        ({ name }) => name,
      );
    expect(await namesOf("suspended")).toEqual([member.person.name]);
    expect(await namesOf("active")).not.toContain(member.person.name);
    expect(await namesOf("")).toHaveLength(4);
  });

  it("leads those to the invitations who may invite people", async () => {
    const world = await assemble(application);
    const { admin, member } = world.people;
    const link = />Invite people</;
    expect(await open(admin.agent, `${world.path}/members`)).toMatch(link);
    expect(await open(member.agent, `${world.path}/members`)).not.toMatch(link);
  });

  it("says when nobody matches, and links to all members", async () => {
    const world = await assemble(application);
    const html = await open(world.people.viewer.agent, `${world.path}/members?search=nobody`);
    expect(html).toContain("No members match");
    expect(html).toMatch(new RegExp(`href="${world.path}/members"[^>]*>\\s*Show all members`));
  });
});

describe("GET /o/:slug/roles", () => {
  it("shows what each role may do, and the reader's role; the list of members leads there", async () => {
    const world = await assemble(application);
    const { agent } = world.people.viewer;
    const list = await open(agent, `${world.path}/members`);
    expect(list).toContain(`href="${world.path}/roles"`);
    const html = await open(agent, `${world.path}/roles`);
    expect(textOf(html)).toContain("Your role: Viewer.");
    expect(html).toMatch(/aria-current="page"[^>]*>Members</);
    const [table = ""] = /<table.*<\/table>/s.exec(html) ?? [];
    expect(textOf(table)).toContain("Owner Admin Member Viewer");
    expect(table.match(/<th scope="row"/g)).toHaveLength(permissions.length);
    const text = textOf(table);
    expect(text).toMatch(/Organization See yes yes yes yes/);
    expect(text).toMatch(/Remove yes yes no – no –/);
    expect(text).toMatch(/Audit log See yes yes no – no –/);
  });
});
