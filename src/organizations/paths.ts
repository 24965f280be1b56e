import { organizationPath } from "../access/organization-path.ts";

export const settingsPath = (slug: string) => `${organizationPath(slug)}/settings`;
