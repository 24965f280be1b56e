import { z } from "zod";

import { LogtoError } from "./logto-error.ts";

/** Bytes; a page of a hundred users with all they have takes a fifth of it. */
const maxBytes = 1024 * 1024;

/**
 * Sends one request to Logto, and reads the answer whole.
 *
 * @param timeout milliseconds, the body included
 * @returns a 2xx answer
 * @throws LogtoError
 */
export async function sendRequest(request: Request, timeout: number): Promise<Response> {
  const signal = AbortSignal.timeout(timeout);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(request, { redirect: "manual", signal });
    text = await readText(answer);
  } catch (error) {
    if (error instanceof LogtoError) throw error;
    throw new LogtoError("unavailable", signal.aborted ? "timeout" : "connection failed");
  }
  // Logto's API never sends anybody elsewhere: somebody in between does.
  if (answer.status >= 300 && answer.status < 400) {
    throw new LogtoError("invalid_answer", `status ${answer.status}`, { status: answer.status });
  }
  if (!answer.ok) throw refusal(answer, text);
  // The page of a proxy, or of a captive network: nothing that Logto has said.
  if (answer.headers.get("content-type")?.includes("html")) {
    throw new LogtoError("invalid_answer", "HTML");
  }
  const isEmpty = answer.status === 204 || text === "" || text === "Created" || text === "OK";
  return new Response(isEmpty ? null : text, {
    status: isEmpty ? 204 : answer.status,
    headers: answer.headers,
  });
}

async function readText(answer: Response): Promise<string> {
  if (!answer.body) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new LogtoError("invalid_answer", "longer than 1 MB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Of the API `code`, of the token endpoint `error` (RFC 6749, section 5.2). */
const refusalBody = z.object({ code: z.string().optional(), error: z.string().optional() });

function refusal(answer: Response, text: string): LogtoError {
  const { status } = answer;
  if (status === 429 || status >= 500) {
    const retryAfter = readRetryAfter(answer.headers.get("retry-after"));
    const wait = retryAfter === undefined ? {} : { retryAfter };
    return new LogtoError("unavailable", `status ${status}`, { status, ...wait });
  }
  const { error, code = error } = parse(text);
  const told = { status, ...(code !== undefined && { code }) };
  const isOurs = status === 401 || status === 403 || error === "invalid_client";
  return new LogtoError(isOurs ? "unauthorized" : "refused", code ?? `status ${status}`, told);
}

function parse(text: string): z.output<typeof refusalBody> {
  try {
    return refusalBody.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Seconds, an hour at most; RFC 9110, section 10.2.3, allows a date as well. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), 3600) : undefined;
}
