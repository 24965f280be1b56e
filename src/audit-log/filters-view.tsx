import { Field, SelectField, SubmitButton } from "../views/form.tsx";
import { Icon } from "../views/icon.tsx";
import { productName } from "../runtime/product.ts";
import { namePerson, titleAction } from "./describe-event.ts";
import type { FilterOptions } from "./filter-options.ts";
import { auditLogPath, exportPath, hasFilters } from "./paths.ts";
import { application, type EventFilters } from "./schema.ts";

interface FiltersProps {
  slug: string;
  filters: EventFilters;
  options: FilterOptions;
}

/** The search and the filters of the log, and downloads of the matching entries. */
export function Filters({ slug, filters, options }: FiltersProps) {
  const { search, ...others } = filters;
  const isFiltered = hasFilters(filters);
  return (
    <section class="grid gap-4" aria-label="Filters and downloads">
      <form
        class="rounded-box border border-base-300 bg-base-100"
        method="get"
        action={auditLogPath(slug)}
        role="search"
        aria-label="Audit log"
      >
        <div class="grid items-end gap-4 p-4 sm:grid-cols-[1fr_auto] sm:p-6">
          <Field
            name="search"
            label="Search for people, things or what happened"
            value={search ?? ""}
            maxLength={100}
          />
          <SubmitButton>Search</SubmitButton>
        </div>
        <MoreFilters filters={others} options={options} />
      </form>
      <p class="flex flex-wrap gap-x-5 gap-y-2 text-base-content/75">
        {isFiltered && (
          <a class="link text-base-content" href={auditLogPath(slug)}>
            Show all entries
          </a>
        )}
        <span>Download {isFiltered ? "what matches" : "everything"}:</span>
        <a class="link text-base-content" href={exportPath(slug, filters, "csv")} download>
          CSV, for spreadsheets
        </a>
        <a class="link text-base-content" href={exportPath(slug, filters, "jsonl")} download>
          JSON lines, for programs
        </a>
      </p>
    </section>
  );
}

function MoreFilters({ filters, options }: Omit<FiltersProps, "slug">) {
  const isFiltered = hasFilters(filters);
  return (
    <details class="group border-t border-base-300" open={isFiltered}>
      <summary class="flex cursor-pointer list-none items-center gap-2 rounded-box px-4 py-3.5 font-semibold sm:px-6 [&::-webkit-details-marker]:hidden">
        Filter
        {isFiltered && <span class="badge badge-sm badge-primary">on</span>}
        <Icon name="chevronDown" class="ms-auto size-5 group-open:rotate-180" />
      </summary>
      <div class="grid gap-5 p-4 pt-1 sm:grid-cols-2 sm:p-6 sm:pt-1 lg:grid-cols-4">
        <SelectField
          name="action"
          label="What"
          options={offerActions(options, filters.action)}
          value={filters.action ?? ""}
        />
        <SelectField
          name="actor"
          label="Who"
          options={offerActors(options, filters.actor)}
          value={filters.actor ?? ""}
        />
        <Field type="date" name="from" label="First day (UTC)" value={filters.from ?? ""} />
        <Field type="date" name="to" label="Last day (UTC)" value={filters.to ?? ""} />
        <div class="sm:col-span-full">
          <SubmitButton tone="plain">Show</SubmitButton>
        </div>
      </div>
    </details>
  );
}

function offerActions({ actions }: FilterOptions, chosen: string | undefined) {
  const offered = chosen === undefined || actions.includes(chosen) ? actions : [...actions, chosen];
  return [
    { value: "", label: "Everything" },
    ...offered.map((action) => ({ value: action, label: titleAction(action) })),
  ];
}

function offerActors({ actors, hasOwn }: FilterOptions, chosen: string | undefined) {
  const offered = actors.map((actor) => ({ value: actor.id, label: namePerson(actor) }));
  if (hasOwn || chosen === application) offered.push({ value: application, label: productName });
  if (chosen !== undefined && offered.every(({ value }) => value !== chosen)) {
    offered.push({ value: chosen, label: "Someone who did nothing here" });
  }
  return [{ value: "", label: "Everybody" }, ...offered];
}
