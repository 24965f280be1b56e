import { route } from "../tenancy/route.ts";
import { writeCursor } from "../http/cursor-field.ts";
import type { PageContext } from "../tenancy/feature.ts";
import { organizationParams } from "../tenancy/organization-params.ts";
import { formats, writeEvents } from "./export-events.ts";
import { exports } from "./limits.ts";
import { pageOfLog, readAllEvents, readLog } from "./read-events.ts";
import { auditLogQuery, exportQuery } from "./schema.ts";
import { AuditLogPage } from "./views.tsx";

const pageSize = 50;

/** Declares the page of the audit log and its download. */
export function auditLogPages({ database, organizationPage }: PageContext) {
  const list = route({
    method: "GET",
    path: "/o/:slug/audit-log",
    access: "audit-log:read",
    params: organizationParams,
    query: auditLogQuery,
    statuses: [200],
    read: ({ query: { cursor, ...filters } }) =>
      readLog({ filters, before: cursor, limit: pageSize + 1 }),
    async handler({ actor, query: { cursor, ...filters }, rows }) {
      const { events, options, next } = pageOfLog(rows, pageSize);
      return organizationPage(
        actor,
        { title: "Audit log", section: "Audit log" },
        <AuditLogPage
          slug={actor.organization.slug}
          events={events}
          filters={filters}
          options={options}
          isFirst={cursor === undefined}
          next={next && writeCursor(next)}
        />,
      );
    },
  });

  const download = route({
    method: "GET",
    path: "/o/:slug/audit-log/export",
    access: "audit-log:read",
    params: organizationParams,
    query: exportQuery,
    limits: [exports],
    statuses: [200],
    async handler({ actor, query: { format, ...filters } }) {
      const { id, slug } = actor.organization;
      const { type } = formats[format];
      const text = writeEvents(readAllEvents(database, id, filters), formats[format]);
      return {
        status: 200,
        type,
        headers: { "Content-Disposition": `attachment; filename="${slug}-audit-log.${format}"` },
        body: await startEarly(text),
      };
    },
  });

  return [list, download];
}

/** Reads the first piece before the answer begins: a failure until then becomes an error page. */
async function startEarly(pieces: AsyncGenerator<string>): Promise<AsyncIterable<string>> {
  const first = await pieces.next();
  return (async function* all() {
    if (first.done) return;
    yield first.value;
    yield* pieces;
  })();
}
