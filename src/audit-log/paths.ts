import { withQuery } from "../http/with-query.ts";
import { organizationPath } from "../views/viewer.ts";
import type { EventFilters, ExportFormat } from "./schema.ts";

/** Where an organization's audit log is read, with filters or at a place further down. */
export function auditLogPath(slug: string, query: EventFilters & { cursor?: string } = {}): string {
  return withQuery(`${organizationPath(slug)}/audit-log`, query);
}

/** Where everything that matches is downloaded. */
export function exportPath(slug: string, filters: EventFilters, format: ExportFormat): string {
  return withQuery(`${organizationPath(slug)}/audit-log/export`, { ...filters, format });
}

export function hasFilters(filters: EventFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}
