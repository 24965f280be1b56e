import { setTimeout as wait } from "node:timers/promises";

import { type Reply, seeOther } from "../http/reply.ts";
import type { RouteContext } from "../http/route.ts";
import type { SignInCookies } from "./begin-sign-in.ts";
import type { OpenIdClient } from "../relying-party/relying-party.ts";

/** Sends a browser whose session here has ended to the identity provider, to end its session there as well. */
export type SignOutAtProvider = (ctx: RouteContext) => Promise<Reply>;

/** A browser sends off the provider's form within this time. Milliseconds; the cookie `leaving` lives as long. */
const formTime = 2_000;

/** If the provider does not answer, the browser's next sign-in asks for the password: the provider still knows it. */
export function signOutWith({
  openId,
  cookies,
}: {
  openId: Pick<OpenIdClient, "endSessionUrl">;
  cookies: SignInCookies;
}): SignOutAtProvider {
  return async (ctx) => {
    // Of two forms at once the provider takes the newer one only, and leaves the other tab on a page of raw JSON.
    if (cookies.leaving.read(ctx)) await wait(formTime);
    const endSessionUrl = await openId.endSessionUrl();
    if (endSessionUrl === null) cookies.password.write(ctx, "yes");
    else cookies.leaving.write(ctx, "yes");
    return seeOther(endSessionUrl ?? "/");
  };
}
