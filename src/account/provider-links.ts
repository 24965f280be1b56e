import { withQuery } from "../http/with-query.ts";

/** The identity provider leads people here when they have changed something there, or have given up. */
export const returnPath = "/account/return";

/** The addresses of the pages on which the identity provider lets people change what is theirs. */
export type ProviderLinks = ReturnType<typeof createProviderLinks>;

/** @param endpoint Logto's address. Its pages use its session, ask for proof themselves, and lead back to us. */
export function createProviderLinks({ endpoint, baseUrl }: { endpoint: string; baseUrl: string }) {
  const open = (page: string) => `${endpoint}/account/${page}`;
  const openAndReturn = (page: string) =>
    withQuery(open(page), { redirect: `${baseUrl}${returnPath}` });
  return {
    // These two know no way back.
    profile: open("profile"),
    overview: open("security"),
    username: openAndReturn("username"),
    email: openAndReturn("email"),
    password: openAndReturn("password"),
    authenticatorApp: openAndReturn("authenticator-app"),
    link: (connectorId: string) => openAndReturn(`social/${encodeURIComponent(connectorId)}`),
    unlink: (connectorId: string) =>
      openAndReturn(`social/${encodeURIComponent(connectorId)}/remove`),
  };
}
