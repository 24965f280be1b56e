import type { Feature } from "../tenancy/feature.ts";
import { backChannelLogout } from "./back-channel-logout.ts";
import { type AuthDependencies, authPages } from "./pages.tsx";

export const auth: Feature<AuthDependencies> = {
  build: (context) => ({
    routes: (shared) => [...authPages(context, shared), backChannelLogout(context)],
  }),
};
