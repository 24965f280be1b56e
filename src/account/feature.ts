import type { Feature } from "../tenancy/feature.ts";
import { type AccountDeletionDependencies, accountDeletionPages } from "./deletion-pages.tsx";
import { accountPages } from "./pages.tsx";
import { type AccountSessionsDependencies, accountSessionsPages } from "./sessions-pages.tsx";

export const account: Feature<AccountDeletionDependencies & AccountSessionsDependencies> = {
  build: (context) => ({
    routes: () => [
      ...accountPages(),
      ...accountSessionsPages(context),
      ...accountDeletionPages(context),
    ],
  }),
};
