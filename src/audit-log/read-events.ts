import type { TenantDatabase } from "../database/database.ts";
import type { Position } from "../http/cursor-field.ts";
import type { Read } from "../http/route.ts";
import { lastOf, patternsOf, searchedText, searchWindow } from "./search.ts";
import { type FilterOptions, noFilterOptions, selectFilterOptions } from "./filter-options.ts";
import { application, type EventFilters } from "./schema.ts";

/** An event, with the present names of its people: null for a person without a name, or with a deleted account. */
export type ListedEvent = {
  id: string;
  occurredAt: Date;
  action: string;
  /** Null: the application itself. */
  actorId: string | null;
  actorName: string | null;
  isActorDeleted: boolean;
  targetType: string;
  targetId: string;
  /** The name of a person; other targets have their name in the details. */
  targetName: string | null;
  isTargetDeleted: boolean;
  details: Readonly<Record<string, unknown>>;
  requestId: string | null;
  ip: string | null;
  userAgent: string | null;
};

/** The columns of an event `e` that its sentence needs; add {@link withPeople}. */
export const toldColumns = `
  e.id, e.occurred_at as "occurredAt", e.action, e.details,
  e.actor_id as "actorId", coalesce(a.name, a.username, a.proven_email, a.email || ' (not verified)') as "actorName",
  a.deleted_at is not null as "isActorDeleted",
  e.target_type as "targetType", e.target_id as "targetId",
  coalesce(t.name, t.username, t.proven_email, t.email || ' (not verified)') as "targetName",
  (t.id is null or t.deleted_at is not null) as "isTargetDeleted"`;

/** Joins the people of an event `e`. */
export const withPeople = `
  left join users a on a.id = e.actor_id
  left join users t on t.id = case
    when e.target_type = 'user' and e.target_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then e.target_id::uuid end`;

const beginning = "-infinity";
const end: Position = { time: "infinity", id: "ffffffff-ffff-ffff-ffff-ffffffffffff" };
const dayMilliseconds = 24 * 3600 * 1000;

/** The position after the last day of the filter. */
function startAfter(to: string | undefined): Position {
  if (to === undefined) return end;
  const nextDay = new Date(Date.parse(`${to}T00:00:00.000Z`) + dayMilliseconds);
  return { time: nextDay.toISOString(), id: "00000000-0000-0000-0000-000000000000" };
}

/** The earlier of two positions; their texts sort like the positions themselves. */
function earlier(first: Position, second: Position): Position {
  return `${first.time} ${first.id}` < `${second.time} ${second.id}` ? first : second;
}

type Wanted = { filters: EventFilters; before?: Position | undefined; limit: number };

type Json<Event> = Omit<Event, "occurredAt"> & { occurredAt: string };

type EventsRow = {
  events: Json<ListedEvent>[];
  /** Where a search has stopped, if there may be more. */
  searchedTo: Json<Pick<ListedEvent, "id" | "occurredAt">> | null;
};

/** Selects the events in a range of time that fulfil conditions, the newest first. */
const matching = (conditions: string, count: string) => `
  select * from audit_events
   where organization_id = current_organization_id() and occurred_at >= $1
     and (occurred_at, id) < ($2::timestamptz, $3::uuid) ${conditions}
   order by occurred_at desc, id desc ${count}`;

/**
 * Reads events of the current organization, the newest first, in one row; `pageOfEvents` makes a page of it.
 *
 * @param wanted.before the last event of the previous page
 */
function readEvents({ filters, before, limit }: Wanted): Read<EventsRow> {
  const { search, action, actor, from, to } = filters;
  const until = before ? earlier(before, startAfter(to)) : startAfter(to);
  const start = from === undefined ? beginning : `${from}T00:00:00.000Z`;
  const values: unknown[] = [start, until.time, until.id, limit];
  // One statement for each combination of filters, so that PostgreSQL plans each with a suitable index.
  const names = ["audit-events"];
  const conditions: string[] = [];
  if (action !== undefined) {
    names.push("action");
    conditions.push(`and action = $${values.push(action)}`);
  }
  if (actor === application) {
    names.push("application");
    conditions.push("and actor_id is null");
  } else if (actor !== undefined) {
    names.push("actor");
    conditions.push(`and actor_id = $${values.push(actor)}`);
  }
  if (search !== undefined) names.push("search");
  const searched = matching(conditions.join(" "), `limit ${searchWindow}`);
  const events = `
    select ${toldColumns}, e.request_id as "requestId", host(e.ip) as ip, e.user_agent as "userAgent"
      from (${search === undefined ? matching(conditions.join(" "), "limit $4") : searched}) e
      ${withPeople}
     ${search === undefined ? "" : `where ${searchedText} ilike all($${values.push(patternsOf(search))}::text[])`}
     order by e.occurred_at desc, e.id desc limit $4`;
  return {
    name: names.join("-"),
    text: `
      select coalesce((select json_agg(e) from (${events}) e), '[]') as events,
             ${search === undefined ? "null::json" : `(${lastOf(searched)})`} as "searchedTo"`,
    values,
  };
}

/** Makes a page of the row of `readEvents` or `readLog`; the wanted limit is one above the page's size. */
function pageOfEvents(row: EventsRow | undefined, pageSize: number) {
  const found = row?.events ?? [];
  const events: ListedEvent[] = found
    .slice(0, pageSize)
    .map((event) => ({ ...event, occurredAt: new Date(event.occurredAt) }));
  const last = found.length > pageSize ? events.at(-1) : row?.searchedTo;
  return { events, next: last ? positionOf(last) : undefined };
}

/** Reads the same events together with the choices of the filters, in one row; `pageOfLog` makes a page of it. */
export function readLog(wanted: Wanted): Read<FilterOptions & EventsRow> {
  const events = readEvents(wanted);
  const { actor } = wanted.filters;
  const values = [...events.values, actor === application ? null : actor];
  return {
    name: `${events.name}-with-options`,
    text: `select o.*, e.* from (${selectFilterOptions(values.length)}) o, (${events.text}) e`,
    values,
  };
}

/** Makes a page of the row of `readLog`, as `pageOfEvents` does. */
export function pageOfLog([row]: readonly (FilterOptions & EventsRow)[], pageSize: number) {
  const { actions, actors, hasOwn } = row ?? noFilterOptions;
  return { ...pageOfEvents(row, pageSize), options: { actions, actors, hasOwn } };
}

/** The number of events that an export reads, and holds in memory, at a time. */
const batchSize = 500;

/** The position of an event in the list. */
function positionOf({ occurredAt, id }: { occurredAt: Date | string; id: string }): Position {
  return { time: new Date(occurredAt).toISOString(), id };
}

/** Reads all matching events in batches, as fast as the consumer takes them. */
export async function* readAllEvents(
  database: TenantDatabase,
  organizationId: string,
  filters: EventFilters,
): AsyncGenerator<ListedEvent[]> {
  for (let before: Position | undefined; ;) {
    const [row] = await database.readOrganization<EventsRow>(
      organizationId,
      readEvents({ filters, before, limit: batchSize + 1 }),
    );
    const { events, next } = pageOfEvents(row, batchSize);
    yield events;
    if (!next) return;
    before = next;
  }
}
