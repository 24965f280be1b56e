import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { productName } from "../../src/runtime/product.ts";
import { useApplication } from "../support/application.ts";
import { createOrganizationWithoutEvents, plantEvents } from "../support/audit-world.ts";
import { readEntries } from "./reading.ts";
import { withoutOwnScripts } from "../support/own-scripts.ts";

const application = useApplication();

const setUp = () => createOrganizationWithoutEvents(application);

describe("GET /o/:slug/audit-log", () => {
  it("shows who did what to whom, from where and when, the newest first", async () => {
    const { organization, agent, path } = await setUp();
    const ada = await application.createPerson("Ada Byron");
    const chidi = await application.createPerson("Chidi Okafor");
    await plantEvents(application, organization, [
      {
        actorId: ada.id,
        action: "member.role_changed",
        target: { type: "user", id: chidi.id },
        details: { from: "member", to: "admin" },
        occurredAt: "2026-11-24T10:05:59.123Z",
        ip: "203.0.113.7",
        userAgent: "Mozilla/5.0 (X11)",
      },
      {
        actorId: chidi.id,
        action: "project.created",
        target: { type: "project", id: randomUUID() },
        details: { name: 'The <b>"big"</b> one', isSecret: true, parent: null, size: 3 },
        occurredAt: "2026-11-25T00:00:00.000Z",
        ip: "2001:db8::7",
      },
      { action: "organization.purged", occurredAt: "2026-11-23T00:00:00.000Z" },
      {
        actorId: ada.id,
        action: "member.left",
        target: { type: "user", id: ada.id },
        occurredAt: "2026-11-22T23:59:59.999Z",
      },
    ]);
    const answer = await agent.get(path);
    expect(answer.status).toBe(200);
    expect(readEntries(answer.text)).toEqual([
      'Chidi Okafor created the project The <b>"big"</b> one. · November 25, 2026, 00:00 UTC · 2001:db8::7',
      "Ada Byron made Chidi Okafor an admin (formerly a member). · November 24, 2026, 10:05 UTC · 203.0.113.7",
      `${productName}: Organization purged. · November 23, 2026, 00:00 UTC`,
      "Ada Byron left the organization. · November 22, 2026, 23:59 UTC",
    ]);
    for (const fact of ["request-1", "Mozilla/5.0 (X11)", "member.role_changed", chidi.id]) {
      expect(answer.text).toContain(fact);
    }
    expect(answer.text).not.toMatch(/<b>|>undefined|>null|\[object/);
  });

  it("names people without a name, and deleted accounts", async () => {
    const { organization, agent, path } = await setUp();
    const nameless = await application.createPerson();
    const gone = await application.createPerson("Was Here");
    await application.query("update users set name = null where id = $1", [nameless.id]);
    await application.query("update users set name = null, deleted_at = now() where id = $1", [
      gone.id,
    ]);
    await plantEvents(application, organization, [
      { actorId: nameless.id, target: { type: "user", id: gone.id } },
      { actorId: gone.id, target: { type: "user", id: nameless.id } },
    ]);
    const page = await agent.get(path);
    const entries = readEntries(page.text).map((entry) => entry.split(" · ")[0] ?? "");
    expect(entries.toSorted()).toEqual([
      "A deleted account: Thing done – Unnamed person.",
      "Unnamed person: Thing done – Deleted account.",
    ]);
    const filtered = await agent.get(path).query({ actor: gone.id });
    expect(readEntries(filtered.text)).toHaveLength(1);
    expect(filtered.text).toMatch(/<option[^>]* selected>Deleted account/);
  });

  it("keeps the events of a former member", async () => {
    const { organization, agent, path } = await setUp();
    const former = await application.createPerson("Former Member");
    await application.addMember(organization, former, "member");
    await plantEvents(application, organization, [{ actorId: former.id }]);
    await application.query("delete from memberships where user_id = $1", [former.id]);
    expect(readEntries((await agent.get(path)).text)[0]).toContain("Former Member: Thing done.");
  });

  it("shows targets that are no ids, and details of any shape", async () => {
    const { organization, agent, path } = await setUp();
    await plantEvents(application, organization, [
      { target: { type: "user", id: "not-an-id" } },
      { target: { type: "user", id: randomUUID() } },
      { action: "odd", details: { to: "only", list: [1, 2], deep: { a: "b" }, name: 7 } },
    ]);
    const entries = readEntries((await agent.get(path)).text).join("\n");
    expect(entries).toContain('Odd – to only, name: 7, deep: {"a":"b"}, list: [1,2].');
    expect(entries.match(/Deleted account/g)).toHaveLength(2);
  });

  it("says that no entry matches, and links to all entries", async () => {
    const { agent, path } = await setUp();
    expect((await agent.get(path)).text).toContain("No entry matches");
    const filtered = await agent.get(path).query({ action: "never.happened" });
    expect(filtered.text).toContain("No entry matches");
    expect(filtered.text).toContain(`<a class="link link-primary" href="${path}">`);
    const backwards = await agent.get(path).query({ from: "2026-02-02", to: "2026-02-01" });
    expect(backwards.status).toBe(200);
    expect(backwards.text).toContain("The first day is later than the last one");
  });

  it("TI05 has no event of another organization, with any filter", async () => {
    const mine = await setUp();
    const theirs = await setUp();
    const stranger = await application.createPerson("Secret Agent");
    await plantEvents(application, theirs.organization, [
      { actorId: stranger.id, action: "secret.told", details: { name: "Their secret" } },
      { action: "secret.kept" },
    ]);
    await plantEvents(application, mine.organization, [{ actorId: mine.owner.id }]);
    for (const query of [
      {},
      { actor: stranger.id },
      { actor: "application" },
      { action: "secret.told" },
      { from: "2000-01-01", to: "2999-12-31" },
      { organizationId: theirs.organization.id, slug: theirs.organization.slug },
    ]) {
      const page = await mine.agent.get(mine.path).query(query);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain("Their secret");
      expect(page.text).not.toContain("Secret Agent");
      expect(page.text).not.toContain("secret.kept");
      for (const format of ["csv", "jsonl"]) {
        const file = await mine.agent.get(`${mine.path}/export`).query({ ...query, format });
        expect(file.status).toBe(200);
        expect(file.text ?? String(file.body)).not.toMatch(/secret|Secret/);
      }
    }
  });
});

describe("the filters of the audit log", () => {
  it("offer the actions and actors of this log, and find their events", async () => {
    const { organization, agent, path, owner } = await setUp();
    const ada = await application.createPerson("Ada Byron");
    const idle = await application.createPerson("Idle Hands");
    await application.addMember(organization, idle, "member");
    await plantEvents(application, organization, [
      { actorId: ada.id, action: "b.one" },
      { actorId: ada.id, action: "a.two" },
      { actorId: owner.id, action: "a.two" },
      { action: "c.three" },
    ]);
    const page = await agent.get(path);
    const options = [...page.text.matchAll(/<option value(?:="([^"]*)")?/g)].map(
      ([, value = ""]) => value,
    );
    expect(options).toEqual(["", "a.two", "b.one", "c.three", "", ada.id, owner.id, "application"]);
    const count = async (query: object) =>
      readEntries((await agent.get(path).query(query)).text).length;
    expect(await count({ action: "a.two" })).toBe(2);
    expect(await count({ actor: ada.id })).toBe(2);
    expect(await count({ action: "a.two", actor: ada.id })).toBe(1);
    expect(await count({ action: "c.three", actor: "application" })).toBe(1);
    expect(await count({ action: "a.two", actor: "application" })).toBe(0);
    // A browser sends empty fields of a form.
    expect(await count({ action: "", actor: "", from: "", to: "" })).toBe(4);
    const chosen = await agent.get(path).query({ actor: idle.id, action: "never.happened" });
    expect(chosen.text).toMatch(/<option[^>]* selected>Someone who did nothing here/);
    expect(chosen.text).toMatch(/<option[^>]* selected>Never happened/);
    expect(chosen.text).not.toContain("Idle Hands");
  });

  it("use days in UTC, including the first and the last", async () => {
    const { organization, agent, path } = await setUp();
    await plantEvents(application, organization, [
      { action: "a.before", occurredAt: "2026-03-08T23:59:59.999Z" },
      { action: "a.first", occurredAt: "2026-03-09T00:00:00.000Z" },
      { action: "a.last", occurredAt: "2026-03-10T23:59:59.999Z" },
      { action: "a.after", occurredAt: "2026-03-11T00:00:00.000Z" },
    ]);
    const find = async (query: object) =>
      readEntries((await agent.get(path).query(query)).text).map(
        (entry) => /: (.*)\. ·/.exec(entry)?.[1],
      );
    expect(await find({ from: "2026-03-09", to: "2026-03-10" })).toEqual(["A last", "A first"]);
    expect(await find({ from: "2026-03-11" })).toEqual(["A after"]);
    expect(await find({ to: "2026-03-08" })).toEqual(["A before"]);
    expect(await find({ from: "2026-03-10", to: "2026-03-10" })).toEqual(["A last"]);
  });

  it.each([
    ["a day that no calendar has", "from=2026-02-30"],
    ["a day in other words", "from=yesterday"],
    ["a year before all years", "to=0000-01-01"],
    ["a year after them", "to=9999-12-31"],
    ["two days for one", "from=2026-01-01&from=2026-01-02"],
    ["an actor that is no id", "actor=1"],
    ["an object", "from[day]=1&actor=1"],
    ["AP06 a cursor that is none", "cursor=x"],
    ["AP03 a NUL", "action=%00"],
    ["an action that goes on and on", `action=${"x".repeat(101)}`],
  ])("refuse %s: 400", async (_what, query) => {
    const { agent, path } = await setUp();
    expect((await agent.get(`${path}?${query}`)).status).toBe(400);
    expect((await agent.get(`${path}/export?format=csv&${query}`)).status).toBe(
      query.startsWith("cursor") ? 200 : 400,
    );
  });

  it("escape their values", async () => {
    const { agent, path } = await setUp();
    const page = await agent.get(path).query({ action: '"><script>alert(1)</script>' });
    expect(page.status).toBe(200);
    expect(withoutOwnScripts(page.text)).not.toContain("<script");
  });
});
