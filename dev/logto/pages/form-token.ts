import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type Koa from "koa";

const cookieName = "_logto_form";

/**
 * Proof that a form was rendered for this very browser (signed double submit): a random cookie, and its HMAC in
 * the form. Not bound to one sign-in, so two tabs can both be submitted.
 */
export function issueFormToken(ctx: Koa.Context, key: string): string {
  const known = ctx.cookies.get(cookieName, { signed: false });
  const value = known && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString("base64url");
  if (value !== known) {
    ctx.cookies.set(cookieName, value, {
      signed: false,
      httpOnly: true,
      sameSite: "lax",
      path: "/",
    });
  }
  return sign(value, key);
}

export function checkFormToken(ctx: Koa.Context, key: string, token: string | undefined): boolean {
  const value = ctx.cookies.get(cookieName, { signed: false });
  if (!value || token === undefined) return false;
  const expected = Buffer.from(sign(value, key));
  const actual = Buffer.from(token);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function sign(value: string, key: string): string {
  return createHmac("sha256", key).update(`form:${value}`).digest("base64url");
}
