import { v7 as createId } from "uuid";
import { describe, expect, it } from "vitest";

import { readLog } from "../../src/audit-log/read-events.ts";
import { writeCursor } from "../../src/http/cursor-field.ts";
import { useApplication } from "../support/application.ts";
import { createOrganizationWithoutEvents, plantEvents } from "../support/audit-world.ts";
import { countRead } from "./reading.ts";

const application = useApplication();

const readIds = (html: string) =>
  [...html.matchAll(/Changed \(thing\)<\/dt><dd[^>]*>([^<]*)/g)].map(([, id]) => id);
const readNext = (html: string) =>
  /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&");

describe("the pages of the audit log", () => {
  it("have fifty entries each, every event once and in order, also of the same moment and while others are written", async () => {
    const { organization, agent, path } = await createOrganizationWithoutEvents(application);
    // Three moments for 130 events: most have the same time as many others.
    const planted = Array.from({ length: 130 }, (_, index) => ({
      target: { type: "thing", id: String(index) },
      occurredAt: `2026-03-0${1 + (index % 3)}T10:00:00.000Z`,
    }));
    const ids = await plantEvents(application, organization, planted);
    const expected = planted
      .map((event, index) => ({ ...event, id: ids[index] ?? "" }))
      .toSorted((a, b) => (`${a.occurredAt}${a.id}` < `${b.occurredAt}${b.id}` ? 1 : -1))
      .map(({ target }) => target.id);

    const seen: (string | undefined)[][] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const { text, status }: { text: string; status: number } = await agent.get(next);
      expect(status).toBe(200);
      seen.push(readIds(text));
      next = readNext(text);
      await plantEvents(application, organization, [{ target: { type: "thing", id: "new" } }]);
    }
    expect(seen.map((page) => page.length)).toEqual([50, 50, 30]);
    expect(seen.flat()).toEqual(expected);
  });

  it("keep the filters on all pages, and link to the newest", async () => {
    const { organization, agent, path } = await createOrganizationWithoutEvents(application);
    const events = Array.from({ length: 120 }, (_, index) => ({
      action: index % 2 === 0 ? "even.done" : "odd.done",
    }));
    await plantEvents(application, organization, events);
    const query = "action=odd.done&from=2020-01-01&to=2999-12-31";
    const first = await agent.get(`${path}?${query}`);
    const next = readNext(first.text) ?? "";
    expect(next).toContain(query);
    const second = await agent.get(next);
    expect(readIds(second.text)).toHaveLength(10);
    expect(readNext(second.text)).toBeUndefined();
    expect(second.text).not.toContain(">even.done<");
    expect(second.text).toContain(`href="${path}?${query.replaceAll("&", "&amp;")}"`);
  });

  it("say that there are no more entries after the oldest", async () => {
    const { organization, agent, path } = await createOrganizationWithoutEvents(application);
    await plantEvents(application, organization, [{ occurredAt: "2026-05-05T00:00:00.000Z" }]);
    const cursor = writeCursor({ time: "2026-05-04T00:00:00.000Z", id: createId() });
    expect((await agent.get(path).query({ cursor })).text).toContain("That was all");
    const later = writeCursor({ time: "2026-05-09T00:00:00.000Z", id: createId() });
    expect(readIds((await agent.get(path).query({ cursor: later })).text)).toHaveLength(1);
    // A cursor never passes the last day of the filter.
    const beyond = await agent.get(path).query({ cursor: later, to: "2026-05-04" });
    expect(readIds(beyond.text)).toHaveLength(0);
  });
});

type Row = NonNullable<ReturnType<typeof readLog>["row"]>;

describe("a log of 60 000 events", () => {
  it("is read by its indexes: neither a page nor the filters read all of it", async () => {
    const { organization, owner } = await createOrganizationWithoutEvents(application);
    await application.query(
      `insert into audit_events (organization_id, id, occurred_at, actor_id, action, target_type, target_id)
       select $1, gen_random_uuid(), now() - make_interval(secs => n), case when n % 3 > 0 then $2::uuid end,
              'thing.done_' || n % 4, 'thing', n
         from generate_series(1, 60000) n`,
      [organization.id, owner.id],
    );
    await application.query("analyze audit_events");
    const { id } = organization;
    const readRow = async (filters: object) => {
      const statement = readLog({ filters, limit: 51 });
      const [row] = await application.database.readOrganization<Row>(id, statement);
      return row;
    };
    const read = async (filters: object) => (await readRow(filters))?.events;
    const measure = async () => {
      const before = await countRead(application);
      expect(await read({})).toHaveLength(51);
      expect(await read({ action: "thing.done_2" })).toHaveLength(51);
      expect(await read({ actor: owner.id })).toHaveLength(51);
      expect(await read({ actor: "application", to: "2999-12-31" })).toHaveLength(51);
      expect(await readRow({ actor: owner.id })).toMatchObject({
        actions: ["thing.done_0", "thing.done_1", "thing.done_2", "thing.done_3"],
        actors: [{ id: owner.id, name: owner.name, isDeleted: false }],
        hasOwn: true,
      });
      return (await countRead(application)) - before;
    };
    // PostgreSQL itself may read the table meanwhile: the lower of two counts is without that.
    const cost = Math.min(await measure(), await measure());
    expect(cost).toBeGreaterThan(100);
    // Each of the five also reads the choices of the filters.
    expect(cost).toBeLessThan(3_000);
  });
});
