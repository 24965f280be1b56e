import type { ComponentChildren } from "preact";

import type { ProjectStatus } from "../database/generated/client.ts";
import { DayText, RelativeDay } from "../views/date-text.tsx";
import type { ProjectFields } from "./schema.ts";

type FieldView = {
  label: string;
  /** Shows it on the page of one project. */
  show(project: ProjectFields): ComponentChildren;
  /** Shows it in a row of the list, below the name; null or false shows nothing. */
  showInList(project: ProjectFields): ComponentChildren;
};

/** The label of each field, and how it is shown. A column that is missing here does not compile. The name is the heading. */
const fields: Record<Exclude<keyof ProjectFields, "name">, FieldView> = {
  status: {
    label: "Status",
    show: ({ status }) => <StatusBadge status={status} />,
    showInList: ({ status }) => <StatusBadge status={status} />,
  },
  dueDate: {
    label: "Due date",
    show: ({ dueDate }) => (dueDate ? <DayText day={dueDate} /> : "None"),
    showInList: ({ dueDate }) =>
      dueDate && (
        <>
          Due <RelativeDay day={dueDate} />
        </>
      ),
  },
};

/** Shows every field of a project but its name, as terms with descriptions. */
export function listFacts(project: ProjectFields) {
  return Object.values<FieldView>(fields).map(({ label, show }) => ({
    label,
    content: show(project),
  }));
}

/** Lists what a row of the list shows of a project besides its name. */
export function summarize(project: ProjectFields): ComponentChildren[] {
  return Object.values<FieldView>(fields)
    .map(({ showInList }) => showInList(project))
    .filter(Boolean);
}

const looks: Record<ProjectStatus, { label: string; class: string }> = {
  planned: { label: "Planned", class: "border-base-300 bg-transparent text-base-content/80" },
  active: { label: "Active", class: "border-transparent bg-primary/15 text-primary" },
  paused: { label: "Paused", class: "border-transparent bg-accent text-accent-content" },
  done: { label: "Done", class: "border-transparent bg-base-300 text-base-content" },
};

/** Shows a status as a word. */
export function nameStatus(status: ProjectStatus): string {
  return looks[status].label;
}

/** A status as a small label. */
export function StatusBadge({ status }: { status: ProjectStatus }) {
  const look = looks[status];
  return <span class={`badge badge-sm font-medium ${look.class}`}>{look.label}</span>;
}
