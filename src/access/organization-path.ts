/** The path of an organization's home. It escapes the slug, so that none can leave `/o/`. */
export function organizationPath(slug: string): string {
  return `/o/${encodeURIComponent(slug)}`;
}
