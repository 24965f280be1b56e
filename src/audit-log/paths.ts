import { organizationPath } from "../views/viewer.ts";
import type { EventFilters, ExportFormat } from "./schema.ts";

const writeQuery = (values: Readonly<Record<string, string | undefined>>) => {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
};

/** Where an organization's audit log is read, with filters or at a place further down. */
export function auditLogPath(slug: string, query: EventFilters & { cursor?: string } = {}): string {
  return `${organizationPath(slug)}/audit-log${writeQuery(query)}`;
}

/** Where everything that matches is downloaded. */
export function exportPath(slug: string, filters: EventFilters, format: ExportFormat): string {
  return `${organizationPath(slug)}/audit-log/export${writeQuery({ ...filters, format })}`;
}

export function hasFilters(filters: EventFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}
