import { z } from "zod";

import { fetchText } from "../../http/fetch-text.ts";
import { LogtoError } from "./logto-error.ts";

/**
 * Sends one request to Logto, and reads the answer whole.
 *
 * @param timeoutMs for the request and its answer
 * @returns a 2xx answer
 * @throws LogtoError
 */
export async function sendRequest(request: Request, timeoutMs: number): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs);
  // A page of a hundred users with everything they have takes a fifth of it.
  const answer = await fetchText(request, { signal, maxBytes: 1024 * 1024 });
  if (answer === "too long") throw new LogtoError("invalid_answer", "longer than 1 MB");
  if (typeof answer === "string") throw new LogtoError("unavailable", answer);
  const { response, text } = answer;
  const { status, headers } = response;
  // Logto's API never redirects: a proxy or a captive network does.
  if (status >= 300 && status < 400) {
    throw new LogtoError("invalid_answer", `status ${status}`, { status });
  }
  if (!response.ok) throw refusal(response, text);
  // The page of a proxy or of a captive network.
  const isPage = headers.get("content-type")?.includes("html");
  if (isPage) throw new LogtoError("invalid_answer", "HTML");
  const isEmpty = status === 204 || text === "" || text === "Created" || text === "OK";
  return new Response(isEmpty ? null : text, { status: isEmpty ? 204 : status, headers });
}

/** The API sends `code`, the token endpoint `error` (RFC 6749, section 5.2). */
const refusalBody = z.object({ code: z.string().optional(), error: z.string().optional() });

function refusal({ status, headers }: Response, text: string): LogtoError {
  if (status === 429 || status >= 500) {
    const retryAfter = readRetryAfter(headers.get("retry-after"));
    return new LogtoError("unavailable", `status ${status}`, { status, retryAfter });
  }
  const { error, code = error } = parse(text);
  const isOurs = status === 401 || status === 403 || error === "invalid_client";
  const kind = isOurs ? "unauthorized" : "refused";
  return new LogtoError(kind, code ?? `status ${status}`, { status, code });
}

function parse(text: string): z.output<typeof refusalBody> {
  try {
    return refusalBody.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** @returns seconds, an hour at most; RFC 9110, section 10.2.3, allows a date as well */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), 3600) : undefined;
}
