import { type Person, useApplication } from "../../support/application.ts";
import { useIdentityProvider } from "../../support/identity-provider.ts";
import { useVisitors, type Visitor, type VisitorOptions } from "./visitor.ts";

/** Everything that people meet, for the tests of a file: application, identity provider, Hugging Face, browsers. */
export function useBrowser(provider: Parameters<typeof useIdentityProvider>[0] = {}) {
  const identityProvider = useIdentityProvider(provider);
  const application = useApplication({ identityProvider: identityProvider.start });
  const openVisitor = useVisitors(() => application.baseUrl);
  return {
    application,
    identityProvider,
    openVisitor,
    /** A visitor who is signed in already, by a stored session: nothing of signing in is tested. */
    async openVisitorAs(
      person: Person,
      /** `authenticationAge`: seconds since they proved who they are; left out, nobody knows. */
      {
        authenticationAge = null,
        ...options
      }: VisitorOptions & { authenticationAge?: number | null } = {},
    ): Promise<Visitor> {
      const visitor = await openVisitor(options);
      const { cookie } = await application.createSessionCookie(person, { authenticationAge });
      const cookies = cookie.split("; ").map((pair) => {
        const [name = "", value = ""] = pair.split("=", 2);
        return { name, value, url: application.baseUrl };
      });
      await visitor.context.addCookies(cookies);
      return visitor;
    },
  };
}
