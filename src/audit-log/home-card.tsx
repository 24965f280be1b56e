import { hasPermission, type Permission, permissions, type Role, roles } from "../access/roles.ts";
import { defineHomeCard } from "../tenancy/home-card.ts";
import { Avatar } from "../views/avatar.tsx";
import { Card } from "../views/card.tsx";
import { DateText } from "../views/date-text.tsx";
import { nameActor, thingVerbs, type ToldEvent } from "./describe-event.ts";
import { EventSentence } from "./event-view.tsx";
import { auditLogPath } from "./paths.ts";
import { toldColumns, withPeople } from "./read-events.ts";

type Told = ToldEvent & { id: string; occurredAt: string };

/** The number of events that the card shows. */
const shown = 6;

const mayReadLog = (role: Role) => hasPermission(role, "audit-log:read");

/** The resources that a role may see: "project" by the permission `project:read`. */
const listReadable = (role: Role) =>
  permissions
    .filter((permission) => permission.endsWith(":read") && hasPermission(role, permission))
    .map((permission: Permission) => permission.replace(":read", ""));

/** Everything that those may see who may not read the log: an index finds the newest events of each kind. */
const sharedKinds = [
  ...new Set(roles.filter((role) => !mayReadLog(role)).flatMap(listReadable)),
].flatMap((resource) => thingVerbs.map((verb) => `${resource}.${verb}`));

const newest = `
  select * from audit_events
   where organization_id = current_organization_id()
   order by occurred_at desc, id desc limit ${shown}`;

/**
 * The newest events of each kind. With `action = kind`, PostgreSQL expects to find some soon in the order of time, and reads the whole
 * log for a kind that has none; this order and these bounds are those of the index by kind.
 */
const newestOfKinds = `
  select of_kind.* from unnest(array[${sharedKinds.map((kind) => `'${kind}'`).join(", ")}]) kind
   cross join lateral (
     select * from audit_events
      where organization_id = current_organization_id()
        and (action, occurred_at) between (kind, '-infinity'::timestamptz) and (kind, 'infinity'::timestamptz)
      order by action desc, occurred_at desc, id desc limit ${shown}) of_kind
   order by of_kind.occurred_at desc, of_kind.id desc limit ${shown}`;

const tell = (events: string) => `
  (select json_agg(told order by "occurredAt" desc, id desc)
     from (select ${toldColumns} from (${events}) e ${withPeople}) told)`;

/** The newest events, in sentences: all of them for the readers of the log; for others, those about things that they may see. */
export const activityCard = defineHomeCard<Record<"all" | "shared", Told[] | null>>({
  permission: "organization:read",
  place: "main",
  select: `
    json_build_object(
      'all', ${tell(newest)},
      'shared', ${tell(newestOfKinds)})`,
  show({ organization, role }, { all, shared }) {
    const readable = listReadable(role);
    const events = mayReadLog(role)
      ? all
      : shared?.filter(({ action }) => readable.includes(action.split(".")[0] ?? ""));
    return (
      <Card
        id="activity"
        title="Recent activity"
        action={
          mayReadLog(role) && (
            <a class="link" href={auditLogPath(organization.slug)}>
              Audit log
            </a>
          )
        }
      >
        {events && events.length > 0 ? (
          <ol class="grid gap-4">
            {events.map((event) => (
              <Activity key={event.id} event={event} />
            ))}
          </ol>
        ) : (
          <p class="text-base-content/75">Nothing yet.</p>
        )}
      </Card>
    );
  },
});

function Activity({ event }: { event: Told }) {
  const shape = event.actorId === null ? "organization" : "person";
  return (
    <li class="flex gap-3">
      <Avatar name={nameActor(event)} shape={shape} size="small" />
      <div class="min-w-0">
        <p class="break-name">
          <EventSentence event={event} />
        </p>
        <p class="text-sm text-base-content/75">
          <DateText date={new Date(event.occurredAt)} withTime />
        </p>
      </div>
    </li>
  );
}
