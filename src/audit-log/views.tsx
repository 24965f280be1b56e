import { Alert } from "../views/alert.tsx";
import { EmptyState } from "../views/empty-state.tsx";
import { PageHeading } from "../views/page-heading.tsx";
import { AuditEventRow } from "./event-view.tsx";
import type { FilterOptions } from "./filter-options.ts";
import { Filters } from "./filters-view.tsx";
import { auditLogPath, hasFilters } from "./paths.ts";
import type { ListedEvent } from "./read-events.ts";
import type { EventFilters } from "./schema.ts";
import { searchWindow } from "./search.ts";

const numbers = new Intl.NumberFormat("en");

interface AuditLogPageProps {
  slug: string;
  events: readonly ListedEvent[];
  filters: EventFilters;
  options: FilterOptions;
  isFirst: boolean;
  /** The cursor of the next page, if there is one. */
  next: string | undefined;
}

/** The events of an organization, the newest first. */
export function AuditLogPage(props: AuditLogPageProps) {
  const { slug, events, filters, options, isFirst, next } = props;
  return (
    <>
      <PageHeading title="Audit log">
        <p>The changes that people made here. Nobody can edit or remove an entry.</p>
      </PageHeading>
      <div class="grid gap-6">
        <Filters slug={slug} filters={filters} options={options} />
        {events.length === 0 ? (
          <NoEvents slug={slug} filters={filters} isFirst={isFirst} hasMore={next !== undefined} />
        ) : (
          <ol class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
            {events.map((event) => (
              <AuditEventRow key={event.id} slug={slug} event={event} />
            ))}
          </ol>
        )}
        {(!isFirst || next !== undefined) && (
          <nav class="flex flex-wrap justify-between gap-3" aria-label="Pages of the audit log">
            {isFirst ? (
              <span />
            ) : (
              <a class="btn btn-outline text-base" href={auditLogPath(slug, filters)}>
                Newest entries
              </a>
            )}
            {next !== undefined && (
              <a
                class="btn btn-outline text-base"
                href={auditLogPath(slug, { ...filters, cursor: next })}
                rel="next"
              >
                {events.length === 0 ? "Search older entries" : "Older entries"}
              </a>
            )}
          </nav>
        )}
      </div>
    </>
  );
}

function NoEvents({
  slug,
  filters,
  isFirst,
  hasMore,
}: Pick<AuditLogPageProps, "slug" | "filters" | "isFirst"> & { hasMore: boolean }) {
  const { from, to } = filters;
  if (from !== undefined && to !== undefined && from > to) {
    return (
      <Alert kind="warning">The first day is later than the last one, so nothing can match.</Alert>
    );
  }
  if (hasMore) {
    return (
      <EmptyState icon="log" title="No entry matches so far">
        <p>
          The search has looked through {numbers.format(searchWindow)} entries. There are older
          ones. If you choose what happened under “Filter”, it looks through entries of that kind
          only.
        </p>
      </EmptyState>
    );
  }
  if (!isFirst) {
    return (
      <EmptyState icon="log" title="That was all">
        <p>There are no older entries.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="log" title="No entry matches">
      {hasFilters(filters) && (
        <a class="link link-primary" href={auditLogPath(slug)}>
          Show all entries
        </a>
      )}
    </EmptyState>
  );
}
