import type { SignInMethods } from "../relying-party/sign-in-methods.ts";
import type { Feature } from "../tenancy/feature.ts";
import { landingPages } from "./pages.tsx";

export const landing: Feature<{ signInMethods: SignInMethods }> = {
  build: ({ signInMethods }) => ({ routes: () => landingPages(signInMethods) }),
};
