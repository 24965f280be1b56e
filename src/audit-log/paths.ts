import { withQuery } from "../http/with-query.ts";
import { organizationPath } from "../access/organization-path.ts";
import type { EventFilters, ExportFormat } from "./schema.ts";

/** The address of an organization's audit log, with filters or a cursor. */
export function auditLogPath(slug: string, query: EventFilters & { cursor?: string } = {}): string {
  return withQuery(`${organizationPath(slug)}/audit-log`, query);
}

/** The address of the export of all matching events. */
export function exportPath(slug: string, filters: EventFilters, format: ExportFormat): string {
  return withQuery(`${organizationPath(slug)}/audit-log/export`, { ...filters, format });
}

export function hasFilters(filters: EventFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}
