import type { TenantDatabase } from "../database/database.ts";
import type { Feature } from "../tenancy/feature.ts";
import { picturePages } from "./pages.ts";

export const pictures: Feature<{ database: TenantDatabase }> = {
  build: (context) => ({ routes: () => picturePages(context) }),
};
