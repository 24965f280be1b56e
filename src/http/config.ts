import { z } from "zod";

import { loopbackHosts } from "../runtime/loopback.ts";
import { number, oneOf, webAddress, wholeNumber } from "../runtime/settings.ts";

export const serverSettings = z.object({
  NODE_ENV: oneOf("development", "test", "production").default("production"),
  BASE_URL: webAddress,
  HOST: z.string().optional(),
  PORT: wholeNumber(0, 65_535).optional(),
  LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent").default("info"),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 10).default(0),
  SHUTDOWN_DELAY_SECONDS: number(0, 60).default(0),
  HSTS_MAX_AGE_DAYS: wholeNumber(0, 3650).default(365),
  HSTS_INCLUDE_SUBDOMAINS: oneOf("true", "false").default("false"),
});

export function arrangeServer(values: z.output<typeof serverSettings>) {
  const base = new URL(values.BASE_URL);
  const isSecure = base.protocol === "https:";
  const includeSubDomains = values.HSTS_INCLUDE_SUBDOMAINS === "true" ? "; includeSubDomains" : "";
  return {
    baseUrl: values.BASE_URL,
    isSecure,
    /** Strict-Transport-Security; null without https. An age of 0 makes browsers forget an earlier one. */
    transportSecurity: isSecure
      ? `max-age=${values.HSTS_MAX_AGE_DAYS * 86_400}${includeSubDomains}`
      : null,
    /** Whether it runs on a developer's machine: error pages show the stack. */
    isDevelopment: values.NODE_ENV === "development",
    server: {
      host: values.HOST ?? (loopbackHosts.has(base.hostname) ? "127.0.0.1" : "0.0.0.0"),
      port: values.PORT ?? (!isSecure && base.port ? Number(base.port) : 3000),
      /** How many reverse proxies in front of us may name the client's address. */
      trustedProxyHops: values.TRUSTED_PROXY_HOPS,
      /** How long /readyz fails before the port closes, so that a load balancer notices. */
      shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    },
    logLevel: values.LOG_LEVEL,
  };
}
