import { z } from "zod";

/** A request as src/http/request-id.ts logs it; `route` is null for the files of public/. */
const request = z.object({
  msg: z.literal("request"),
  method: z.string(),
  route: z.string().nullable(),
  status: z.int().max(399),
});

/**
 * Tells whether a line of the application's log is about a request that the developer did not make: a webhook of the
 * stand-in (a dozen follow each start on an empty database), or a style sheet or picture of a page. Failed requests are
 * always shown, and with LOG_LEVEL=debug all are.
 */
export function isUnasked(line: string, logLevel: string | undefined): boolean {
  if (logLevel === "debug" || logLevel === "trace" || !line.startsWith("{")) return false;
  const { data } = request.safeParse(readJson(line));
  return data !== undefined && (data.route === "/webhooks/logto" || data.route === null);
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
