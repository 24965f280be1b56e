import type { Middleware } from "koa";

/**
 * Sets the security headers of every answer, whatever its status (ASVS 5.0, chapter 3.4).
 *
 * Answers are `no-store` unless a handler says otherwise: nearly all of them are about one person.
 *
 * @param options.isSecure whether people reach the application over https
 * @param options.transportSecurity the value of Strict-Transport-Security (RFC 6797); null: none
 * @param options.formTargets other origins that a form's redirect may lead to: browsers check
 *   `form-action` along the redirects, and signing out ends at the identity provider
 */
export function setSecurityHeaders(options: {
  isSecure: boolean;
  transportSecurity: string | null;
  formTargets: readonly string[];
}): Middleware {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // The scripts of public/ ask this origin.
    "connect-src 'self'",
    // Avatars come from the identity provider and from social accounts. On a laptop, they come from stand-ins.
    `img-src 'self' https:${options.isSecure ? "" : " http://localhost:*"}`,
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    ["form-action 'self'", ...options.formTargets].join(" "),
  ].join("; ");
  const headers = Object.entries({
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    // The address of an invitation has a token in it, so browsers must not send it as a referrer, not even to us.
    // With "no-referrer", they would send forms with `Origin: null`.
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    ...(options.transportSecurity !== null && {
      "Strict-Transport-Security": options.transportSecurity,
    }),
  });
  return (ctx, next) => {
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    return next();
  };
}
