import { type Reply, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import type { SignInCookies } from "./begin-sign-in.ts";
import type { OpenIdClient } from "./openid-client.ts";

/** Sends a browser, whose session here has ended, to end the one at the identity provider as well. */
export type SignOutAtProvider = (ctx: RouteContext) => Promise<Reply>;

/** Where the provider is away, the browser's next sign-in asks for the password: the provider still knows it. */
export function signOutWith({
  openId,
  cookies,
}: {
  openId: Pick<OpenIdClient, "endSessionUrl">;
  cookies: SignInCookies;
}): SignOutAtProvider {
  return async (ctx) => {
    const endSessionUrl = await openId.endSessionUrl();
    if (endSessionUrl === null) cookies.password.write(ctx, "yes");
    return seeOther(endSessionUrl ?? "/");
  };
}
