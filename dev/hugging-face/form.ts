import { text } from "node:stream/consumers";
import type { RouterContext } from "@koa/router";

/** The body of a form, as browsers and OAuth clients send it. */
export async function readForm(ctx: RouterContext): Promise<URLSearchParams> {
  return new URLSearchParams(await text(ctx.req));
}
