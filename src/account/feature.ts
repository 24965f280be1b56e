import type { Feature } from "../tenancy/feature.ts";
import { type AccountDeletionDependencies, accountDeletionPages } from "./deletion-pages.tsx";
import { huggingFaceAccountPages } from "./hugging-face-pages.tsx";
import { accountPages } from "./pages.tsx";
import { type ProfileDependencies, profilePages } from "./profile-pages.tsx";
import { type AccountSessionsDependencies, accountSessionsPages } from "./sessions-pages.tsx";

export const account: Feature<
  AccountDeletionDependencies & AccountSessionsDependencies & ProfileDependencies
> = {
  build: (context) => ({
    routes: () => [
      ...accountPages(context),
      ...profilePages(context),
      ...huggingFaceAccountPages(context),
      ...accountSessionsPages(context),
      ...accountDeletionPages(context),
    ],
  }),
};
