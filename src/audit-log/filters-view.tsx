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

/** The filters of the log, and downloads of the matching entries. */
export function Filters({ slug, filters, options }: FiltersProps) {
  const isFiltered = hasFilters(filters);
  return (
    <section class="grid gap-4" aria-label="Filters and downloads">
      <details class="group rounded-box border border-base-300 bg-base-100" open={isFiltered}>
        <summary class="flex cursor-pointer list-none items-center gap-2 rounded-box px-4 py-3.5 font-semibold sm:px-6 [&::-webkit-details-marker]:hidden">
          Filter
          {isFiltered && <span class="badge badge-sm badge-primary">on</span>}
          <Icon name="chevronDown" class="ms-auto size-5 group-open:rotate-180" />
        </summary>
        <form
          class="grid gap-5 border-t border-base-300 p-4 sm:grid-cols-2 sm:p-6 lg:grid-cols-4"
          method="get"
          action={auditLogPath(slug)}
          role="search"
          aria-label="Audit log"
        >
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
          <div class="flex flex-wrap items-center gap-x-5 gap-y-3 sm:col-span-full">
            <SubmitButton>Show</SubmitButton>
            {isFiltered && (
              <a class="link" href={auditLogPath(slug)}>
                Show all entries
              </a>
            )}
          </div>
        </form>
      </details>
      <p class="flex flex-wrap gap-x-5 gap-y-2 text-base-content/75">
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
