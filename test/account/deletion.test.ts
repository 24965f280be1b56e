import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import type { Role } from "../../src/access/roles.ts";
import { type Person, useApplication } from "../support/application.ts";
import {
  createLeaver,
  joinOther,
  readActions,
  readDatabase,
  readMembersOf,
  sendDeletion,
} from "./deletion-world.ts";

const application = useApplication();

const signIn = (name?: string) => createLeaver(application, name);
const joinOrganization = (person: Person, role: Role) => joinOther(application, person, role);

/** The columns that the schema marks as personal, by table; those that are kept say why. */
async function readPersonalColumns() {
  const schema = await readFile(new URL("../../prisma/schema.prisma", import.meta.url), "utf8");
  return [...schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)].flatMap(([, body = ""]) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? "";
    return [...body.matchAll(/^ {2}(\w+) +(\S+)(.*?)\/\/\/ personal(, kept: (.*))?$/gm)].map(
      ([, field = "", type = "", attributes = "", , reason]) => ({
        table,
        column: /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field,
        isAddress: attributes.includes("@db.Inet"),
        isId: attributes.includes("@db.Uuid"),
        isText: type.startsWith("String"),
        reason,
      }),
    );
  });
}

describe("POST /account/deletion", () => {
  it("PR01 leaves nothing that the schema marks as personal, except what it marks as kept", async () => {
    const columns = await readPersonalColumns();
    expect(columns.length).toBeGreaterThan(15);
    for (const table of ["users", "identities", "sessions", "audit_events"]) {
      expect(columns.map((column) => column.table)).toContain(table);
    }
    const { person, agent } = await signIn();
    const { organization } = await joinOrganization(person, "member");
    await agent.get(`/o/${organization.slug}`).set("User-Agent", "planted-browser").expect(200);
    await application.query(
      "insert into identities (user_id, provider, subject) values ($1, 'huggingface', 'x')",
      [person.id],
    );
    // Every text gets a value that occurs nowhere else.
    const planted = columns.filter(({ isText, isId }) => isText && !isId);
    for (const { table, column, isAddress, reason } of planted) {
      // These are kept, and not looked for.
      if (["audit_events", "invitations", "webhook_deliveries"].includes(table)) continue;
      const key = table === "users" ? "id" : "user_id";
      const canary = isAddress ? "198.51.100.77" : `planted-${table}-${column}`;
      expect(reason === undefined || column === "subject").toBe(true);
      await application.query(`update ${table} set ${column} = $2 where ${key} = $1`, [
        person.id,
        canary,
      ]);
    }
    expect(JSON.stringify(await readDatabase(application))).toContain("planted-users-name");

    const answer = await sendDeletion(agent, person).set("User-Agent", "planted-browser");
    expect(answer.status).toBe(303);

    const after = await readDatabase(application);
    const found: string[] = [];
    for (const [table, rows] of Object.entries(after)) {
      for (const row of rows) {
        for (const [column, value] of Object.entries(row)) {
          if (/planted-|198\.51\.100\.77/.test(JSON.stringify(value)))
            found.push(`${table}.${column}`);
        }
      }
    }
    const kept = columns.filter(({ reason }) => reason !== undefined);
    const allowed = new Set(kept.map(({ table, column }) => `${table}.${column}`));
    expect(found.filter((place) => !allowed.has(place))).toEqual([]);
    // The log of the organization has the browser that it was done from: the scan does find things.
    expect(found).toContain("audit_events.user_agent");
    const user = after["users"]?.find(({ id }) => id === person.id) ?? {};
    const erased = columns.filter(({ table, reason }) => table === "users" && reason === undefined);
    expect(erased.length).toBeGreaterThan(4);
    for (const { column } of erased) expect(user[column], column).toBeNull();
    expect(user).toMatchObject({ email_verified: false, subject: "planted-users-subject" });
    expect(user["deleted_at"]).not.toBeNull();
  });

  it("PR01 covers every column of users: each is marked, or known not to be personal", async () => {
    const columns = await readPersonalColumns();
    const marked = columns.filter(({ table }) => table === "users").map(({ column }) => column);
    const all = await application.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = 'users'::regclass and attnum > 0 and not attisdropped",
    );
    const harmless =
      "id issuer email_verified sessions_valid_after created_at updated_at deleted_at suspended_at is_machine sign_in_again_after";
    expect(all.map(({ name }) => name).toSorted()).toEqual(
      [...marked, ...harmless.split(" ")].toSorted(),
    );
  });

  it("PR01 SI30 works for a person without name, email or organization", async () => {
    const { person, agent } = await signIn();
    await application.query("update users set name = null where id = $1", [person.id]);
    const page = await agent.get("/account/deletion");
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/\b(null|undefined|NaN|\[object)/);
    expect((await sendDeletion(agent, person)).status).toBe(303);
    expect((await agent.get("/account")).status).toBe(303);
  });

  it("signs out here and everywhere, on every instance, with the very next request", async () => {
    const { person, agent } = await signIn();
    const { cookie } = await application.createSessionCookie(person);
    const second = await application.startSecond();
    try {
      const open = async () =>
        (await fetch(`${second.baseUrl}/account`, { headers: { cookie }, redirect: "manual" }))
          .status;
      expect(await open()).toBe(200);
      const answer = await sendDeletion(agent, person);
      expect(answer.status).toBe(303);
      expect(answer.headers["location"]).toBe("/");
      expect(String(answer.headers["set-cookie"])).toMatch(
        /session-\d+=; path=\/; expires=Thu, 01 Jan 1970/,
      );
      expect(await open()).toBe(401);
      expect(
        await application.query("select from sessions where user_id = $1", [person.id]),
      ).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  it("leaves every organization, suspended ones too, and says so in each one's log, once", async () => {
    const { person, agent } = await signIn("Leaver");
    const places = await Promise.all(
      (["viewer", "member", "admin", "owner"] as const).map((role) =>
        joinOrganization(person, role),
      ),
    );
    const suspending = await joinOrganization(person, "member");
    await application.query(
      "update memberships set suspended_at = now() where user_id = $1 and organization_id = $2",
      [person.id, suspending.organization.id],
    );
    const other = await joinOrganization(await application.createPerson(), "member");
    expect((await sendDeletion(agent, person)).status).toBe(303);
    for (const { organization, owner } of [...places, suspending]) {
      expect(await readActions(application, organization)).toEqual(["account.deleted"]);
      expect(await readMembersOf(application, organization)).toEqual({ [owner.id]: "owner" });
      const log = await (
        await application.signInAs(owner)
      ).get(`/o/${organization.slug}/audit-log`);
      expect(log.text).toContain("Deleted account");
      expect(log.text).not.toContain("Leaver");
    }
    expect(await readActions(application, other.organization)).toEqual([]);
  });

  it("can be sent twice at once: it happens once", async () => {
    const { person, agent } = await signIn();
    const { organization } = await joinOrganization(person, "admin");
    const answers = await Promise.all([1, 2, 3].map(() => sendDeletion(agent, person)));
    // A request that comes last has no session any more.
    for (const { status } of answers) expect([303, 401]).toContain(status);
    expect(answers.map(({ status }) => status)).toContain(303);
    expect(await readActions(application, organization)).toEqual(["account.deleted"]);
  });

  it("asks for re-authentication, and changes nothing without", async () => {
    const person = await application.createPerson();
    for (const authenticationAge of [null, 601, 86_400]) {
      const agent = await application.signInAs(person, { authenticationAge });
      const page = await agent.get("/account/deletion");
      expect(page.status).toBe(200);
      expect(page.text).toContain("/sign-in?returnTo=%2Faccount%2Fdeletion&amp;reauthenticate=yes");
      expect(page.text).not.toContain('name="confirmation"');
      const before = await readDatabase(application);
      const answer = await sendDeletion(agent, person).accept("json");
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: "auth.reauthentication_required" });
      expect(await readDatabase(application)).toEqual(before);
    }
    const agent = await application.signInAs(person, { authenticationAge: 500 });
    expect((await sendDeletion(agent, person)).status).toBe(303);
  });

  it("refuses the form of a page that was about another person", async () => {
    const { person } = await signIn();
    const { agent } = await signIn();
    const before = await readDatabase(application);
    const answer = await sendDeletion(agent, person);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("That page was someone else’s");
    expect(await readDatabase(application)).toEqual(before);
  });

  it.each([
    ["no confirmation", { confirmation: "" }],
    ["another confirmation", { confirmation: "delete" }],
    ["TI04 a role, too", { role: "owner" }],
    ["TI04 a user, too", { userId: "0191d2c0-0000-7000-8000-000000000000" }],
    ["an unknown choice", { "organization-0191d2c0-0000-7000-8000-000000000000": "keep" }],
    ["a choice for a malformed id", { "organization-x": "delete" }],
    ["an account, too", { account: "0191d2c0-0000-7000-8000-000000000000" }],
  ])("shows the form again, 422, for %s, and changes nothing", async (_what, fields) => {
    const { person, agent } = await signIn();
    const before = await readDatabase(application);
    const answer = await sendDeletion(agent, person, fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`action="/account/deletion?account=${person.id}"`);
    expect(answer.text).toMatch(/role="alert"|aria-invalid="true"/);
    expect(await readDatabase(application)).toEqual(before);
  });

  it("is 400 for a form that does not say whose account it is about", async () => {
    const { person, agent } = await signIn();
    const before = await readDatabase(application);
    for (const id of ["", "1"]) {
      expect((await sendDeletion(agent, { ...person, id })).status).toBe(400);
    }
    expect(await readDatabase(application)).toEqual(before);
  });

  it("ignores case and spaces in the confirmation", async () => {
    const { person, agent } = await signIn();
    const answer = await sendDeletion(agent, person, { confirmation: "  Delete my Account " });
    expect(answer.status).toBe(303);
  });
});

describe("GET /account/deletion", () => {
  it("is found from the account, and tells what becomes of each organization", async () => {
    const { person, agent } = await signIn("Ada Owner");
    const mine = await application.createOrganization(person, "Only Mine");
    const kim = await application.createPerson("Kim <b>Successor</b>");
    await application.query(
      "update users set email = 'kim@example.com', email_verified = true where id = $1",
      [kim.id],
    );
    await application.addMember(mine, kim, "viewer");
    const shared = await joinOrganization(person, "owner");
    await application.createOrganization(person, "Alone Here");
    expect((await agent.get("/account")).text).toContain('href="/account/deletion"');
    const page = await agent.get("/account/deletion");
    expect(page.status).toBe(200);
    expect(page.text).toContain(shared.organization.name);
    expect(page.text).toContain("You leave it.");
    expect(page.text.match(/<select/g)).toHaveLength(2);
    expect(page.text).toContain("Nobody else is active in it.");
    expect(page.text).toContain(
      `<option value="${kim.id}">Hand it over to Kim &lt;b>Successor&lt;/b>, kim@example.com (viewer)`,
    );
    // No choice is made in advance.
    expect(page.text.match(/<option value selected>Please choose…/g)).toHaveLength(2);
  });
});
