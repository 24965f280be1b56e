import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { fetchText } from "../http/fetch-text.ts";
import { invalidAnswer, OpenIdError, unavailable } from "./error.ts";

/** Largest answer read: a person in 200 organizations takes 20 kB. */
const maxBytes = 256 * 1024;

type OpenIdRequest = {
  url: string;
  headers?: Record<string, string>;
  /** Ends the call, body included; the request is cut at the requester's timeout in any case. */
  signal?: AbortSignal;
} & (
  | {
      method?: "GET";
      /**
       * When it is sent once more after a short random pause: `connection` when the connection broke (a restarted provider
       * forgets idle ones), `failure` also when the provider answered 5xx.
       */
      retry?: "connection" | "failure";
    }
  // It is never sent twice: its code may be spent, and a second use revokes the grant (RFC 6749 section 4.1.2).
  | { method: "POST"; body: string }
);

/** Sends one request to the provider and returns the JSON of its 2xx answer; throws only OpenIdError. */
export type OpenIdRequester = (request: OpenIdRequest) => Promise<unknown>;

type Attempt =
  | { outcome: "answer"; json: unknown }
  | { outcome: "connection" | "failure" | "final"; error: OpenIdError };

/**
 * @param timeout milliseconds for one call, the retry included
 * @param observe called after each call with whether the provider could be reached
 */
export function createOpenIdRequester(
  timeout: number,
  observe: (reachable: boolean) => void,
): OpenIdRequester {
  return async (request) => {
    const timeoutSignal = AbortSignal.timeout(timeout);
    const signal = request.signal
      ? AbortSignal.any([request.signal, timeoutSignal])
      : timeoutSignal;

    let attempt = await sendOnce(request, signal);
    if (mayRetry(request, attempt)) {
      await wait(50 + Math.random() * 100);
      // With no time left, the first answer counts.
      if (!signal.aborted) attempt = await sendOnce(request, signal);
    }
    if (attempt.outcome === "answer") {
      observe(true);
      return attempt.json;
    }
    observe(attempt.error.code !== "identity_provider_unavailable");
    throw attempt.error;
  };
}

function mayRetry(request: OpenIdRequest, { outcome }: Attempt): boolean {
  if (request.method === "POST" || request.retry === undefined) return false;
  return outcome === "connection" || (outcome === "failure" && request.retry === "failure");
}

async function sendOnce(request: OpenIdRequest, signal: AbortSignal): Promise<Attempt> {
  const { url, method = "GET", headers } = request;
  const answer = await fetchText(url, {
    method,
    headers: { accept: "application/json", ...headers },
    ...(request.method === "POST" && { body: request.body }),
    signal,
    maxBytes,
  });
  if (answer === "too long") return final(invalidAnswer("longer than 256 kB"));
  if (answer === "timeout") return final(unavailable(answer));
  if (answer === "connection failed") return { outcome: "connection", error: unavailable(answer) };
  const { response, text } = answer;
  if (!response.ok) return refusal(response.status, text);
  const json = parseJson(text);
  return json === undefined ? final(invalidAnswer("not JSON")) : { outcome: "answer", json };
}

const final = (error: OpenIdError): Attempt => ({ outcome: "final", error });

const errorAnswer = z.object({ error: z.string() });

/** RFC 6749 section 5.2; the recorded bodies carry `error` beside Logto's own `code`. */
function refusal(status: number, text: string): Attempt {
  if (status === 429) return final(unavailable("rate limited"));
  if (status >= 500) return { outcome: "failure", error: unavailable(`status ${status}`) };

  const parsed = errorAnswer.safeParse(parseJson(text));
  const error = parsed.success ? parsed.data.error : "";
  if (error === "invalid_grant") return final(new OpenIdError("code_refused", "invalid_grant"));
  if (error === "invalid_client" || error === "unauthorized_client")
    return final(new OpenIdError("client_refused", error));
  return final(invalidAnswer(`status ${status}`));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
