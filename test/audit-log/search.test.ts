import { describe, expect, it } from "vitest";

import { patternsOf, searchWindow } from "../../src/audit-log/search.ts";
import { useApplication } from "../support/application.ts";
import { createOrganizationWithoutEvents, plantEvents } from "../support/audit-world.ts";
import { readEntries } from "./reading.ts";

const application = useApplication();

async function setUp() {
  const world = await createOrganizationWithoutEvents(application);
  const ada = await application.createPerson("Ada Byron");
  const chidi = await application.createPerson("Chidi Okafor");
  const about = (id: string) => ({ type: "user", id });
  await plantEvents(application, world.organization, [
    {
      actorId: ada.id,
      action: "member.removed",
      target: about(chidi.id),
      details: { role: "member" },
    },
    { actorId: chidi.id, action: "member.joined", target: about(chidi.id) },
    { actorId: chidi.id, action: "project.created", details: { name: "100%_done" } },
    { actorId: ada.id, action: "project.created", details: { name: "100 things done" } },
  ]);
  const find = async (search: string, others: object = {}) => {
    const page = await world.agent.get(world.path).query({ search, ...others });
    expect(page.status).toBe(200);
    return readEntries(page.text).map((entry) => entry.replace(/ ·.*/, ""));
  };
  return { ...world, ada, chidi, find };
}

describe("the search of the audit log", () => {
  it("answers who removed a person, by their name and what happened", async () => {
    const { find } = await setUp();
    const answer = ["Ada Byron removed Chidi Okafor (formerly a member)."];
    expect(await find("removed Chidi")).toEqual(answer);
    expect(await find("  OKAFOR,  Removed? ")).toEqual(answer);
  });

  it("finds people who acted and people who were acted on, things by their name, and kinds", async () => {
    const { find } = await setUp();
    expect(await find("chidi")).toHaveLength(3);
    expect(await find("created")).toHaveLength(2);
    expect(await find("created ada")).toEqual(["Ada Byron created the project 100 things done."]);
    expect(await find("nobody")).toEqual([]);
    expect(await find("")).toHaveLength(4);
    expect(await find("?")).toHaveLength(4);
  });

  it("takes every character of a word for itself", async () => {
    const { find } = await setUp();
    expect(await find("100%_done")).toEqual(["Chidi Okafor created the project 100%_done."]);
    expect(await find("c%i")).toEqual([]);
    expect(patternsOf(String.raw`a\b`)).toEqual([String.raw`%a\\b%`]);
  });

  it("combines with the filters, the export and the form, and stays in the address", async () => {
    const { find, ada, agent, path } = await setUp();
    expect(await find("chidi", { actor: ada.id })).toHaveLength(1);
    expect(await find("chidi", { action: "member.joined" })).toHaveLength(1);
    expect(await find("chidi", { to: "2020-01-01" })).toEqual([]);
    const page = await agent.get(path).query({ search: "chidi" });
    expect(page.text).toMatch(/name="search" value="chidi"/);
    expect(page.text).toContain(`${path}/export?search=chidi&amp;format=csv`);
    const file = await agent.get(`${path}/export`).query({ search: "chidi", format: "csv" });
    expect(file.text.trimEnd().split("\r\n")).toHaveLength(1 + 3);
  });

  it("looks through a part of a long log at a time, and goes on there", async () => {
    const { organization, agent, path, find } = await setUp();
    await application.query(
      `insert into audit_events (organization_id, id, occurred_at, action, target_type, target_id)
       select $1, gen_random_uuid(), now() + make_interval(secs => n), 'thing.done', 'thing', n
         from generate_series(1, $2::int) n`,
      [organization.id, searchWindow],
    );
    expect(await find("removed")).toEqual([]);
    const page = await agent.get(path).query({ search: "removed" });
    expect(page.text).toContain("No entry matches so far");
    const next = /href="([^"]*)" rel="next"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(next).toContain("search=removed");
    const older = await agent.get(next);
    expect(readEntries(older.text)).toHaveLength(1);
    expect(older.text).not.toContain('rel="next"');
    const file = await agent.get(`${path}/export`).query({ search: "removed", format: "csv" });
    expect(file.text.trimEnd().split("\r\n")).toHaveLength(1 + 1);
  });

  it("TI05 finds nothing of another organization, whose people it does not name", async () => {
    const mine = await setUp();
    const theirs = await setUp();
    const stranger = await application.createPerson("Secret Agent");
    await plantEvents(application, theirs.organization, [{ actorId: stranger.id }]);
    expect(await mine.find("Secret")).toEqual([]);
    expect(await theirs.find("Secret")).toHaveLength(1);
  });

  it.each([
    ["AP03 a NUL", "search=%00"],
    ["a search that goes on and on", `search=${"x".repeat(101)}`],
    ["two searches", "search=a&search=b"],
  ])("refuses %s: 400", async (_what, query) => {
    const { agent, path } = await setUp();
    expect((await agent.get(`${path}?${query}`)).status).toBe(400);
  });
});
