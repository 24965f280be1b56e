import type { createApiClient } from "@logto/api/management";
import {
  circuitBreaker,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  isBrokenCircuitError,
  retry,
} from "cockatiel";
import createClient from "openapi-fetch";
import { z } from "zod";

import { issuerOf } from "../../relying-party/discovery.ts";
import { isUnavailable, LogtoError, unlessMissing } from "./logto-error.ts";
import { sendRequest } from "./send-request.ts";

export type ManagementApiOptions = {
  /** Logto's address, without a path. */
  endpoint: string;
  /** A machine-to-machine application with the role "Logto Management API access". */
  credentials: { appId: string; appSecret: string };
  /** The resource that the token is for. */
  resource: string;
  /** Milliseconds for one request. */
  requestTimeout?: number;
  /** Milliseconds for which nothing is sent after five failures in a row. */
  recoveryTime?: number;
  /** Milliseconds, of a clock that only goes forward. */
  clock?: () => number;
};

/** With the types of Logto's own description of its API. */
type Client = ReturnType<typeof createApiClient>;

type Call = (client: Client) => Promise<{ data?: unknown; response: Response }>;

export type ManagementApi = {
  /** The issuer of this Logto's users. */
  readonly issuer: string;
  /** Sends a request, and checks the answer. */
  read<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema>>;
  /** Does the same; null if Logto says that the thing is not there. */
  find<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema> | null>;
  /** Sends a request whose answer is of no interest. */
  send(call: Call): Promise<void>;
  /** Sends a DELETE for a thing that may be gone already. */
  remove(call: Call): Promise<void>;
  /**
   * Reads a list to its end, by its `Total-Number`: the addresses in Logto's `Link` are useless.
   *
   * @param call gets the page to ask for, from 1, as `query`
   */
  list<Schema extends z.ZodType>(
    schema: Schema,
    call: (client: Client, query: { page: number; page_size: number }) => ReturnType<Call>,
  ): Promise<z.output<Schema>[]>;
};

/** Logto's largest page. */
const pageSize = 100;

/**
 * Opens Logto's Management API; one for a process, with one token and one circuit breaker. A request times out after
 * three seconds. A GET is sent once more where Logto could not be reached or failed; any other request is not, as Logto
 * may have done it. After five failures in a row nothing is sent for ten seconds, and then one request to see.
 *
 * All of it throws LogtoError, and nothing else.
 */
export function createManagementApi(options: ManagementApiOptions): ManagementApi {
  const { endpoint, requestTimeout = 3_000, recoveryTime = 10_000 } = options;
  const { clock = () => performance.now() } = options;
  const token = createManagementToken({ ...options, requestTimeout, clock });
  // Logto has asked us to send nothing until then.
  let notBefore = 0;

  async function authorized(request: Request): Promise<Response> {
    const present = await token.read();
    try {
      return await sendWith(present, request.clone());
    } catch (error) {
      if (!(error instanceof LogtoError && error.status === 401)) throw error;
      // Logto's key was replaced, or the token has expired by another clock. A refused request was not carried out.
      token.forget(present);
      return sendWith(await token.read(), request);
    }
  }

  function sendWith(bearer: string, request: Request): Promise<Response> {
    request.headers.set("authorization", `Bearer ${bearer}`);
    return sendRequest(request, requestTimeout);
  }

  const repeat = retry(handleWhen(isWorthRepeating), {
    maxAttempts: 1,
    backoff: new DelegateBackoff(() => 50 + Math.random() * 100),
  });
  const breaker = circuitBreaker(handleWhen(isUnavailable), {
    halfOpenAfter: recoveryTime,
    breaker: new ConsecutiveBreaker(5),
  });

  async function guarded(request: Request): Promise<Response> {
    const pause = Math.ceil((notBefore - clock()) / 1000);
    if (pause > 0) throw new LogtoError("unavailable", "asked to wait", { retryAfter: pause });
    try {
      return await breaker.execute(() =>
        request.method === "GET"
          ? repeat.execute(() => authorized(request.clone()))
          : authorized(request),
      );
    } catch (error) {
      if (isBrokenCircuitError(error)) throw new LogtoError("unavailable", "failed just now");
      if (isUnavailable(error) && error.retryAfter !== undefined) {
        notBefore = clock() + error.retryAfter * 1000;
      }
      throw error;
    }
  }

  const client: Client = createClient({ baseUrl: endpoint, fetch: guarded });
  // Some routes answer "Created" in plain text; sendRequest() lets nothing else through that is not JSON.
  const run = async (call: Call) => {
    try {
      return await call(client);
    } catch (error) {
      if (error instanceof LogtoError) throw error;
      throw new LogtoError("invalid_answer", "not JSON");
    }
  };

  return {
    issuer: issuerOf(endpoint),
    read: async (schema, call) => check(schema, (await run(call)).data),
    find: async (schema, call) => {
      const answer = await unlessMissing(run(call));
      return answer && check(schema, answer.data);
    },
    async send(call) {
      await run(call);
    },
    async remove(call) {
      await unlessMissing(run(call));
    },
    async list(schema, call) {
      const items: z.output<typeof schema>[] = [];
      const page = z.array(schema);
      for (let number = 1; ; number += 1) {
        const { data, response } = await run((api) =>
          call(api, { page: number, page_size: pageSize }),
        );
        const total = Number(response.headers.get("total-number") ?? Number.NaN);
        if (!Number.isInteger(total)) throw new LogtoError("invalid_answer", "no Total-Number");
        const found = check(page, data);
        items.push(...found);
        if (found.length < pageSize || number * pageSize >= total) return items;
      }
    },
  };
}

type TokenOptions = Pick<ManagementApiOptions, "endpoint" | "credentials" | "resource"> & {
  requestTimeout: number;
  clock: () => number;
};

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** Milliseconds before its end at which a token is renewed. */
const margin = 60_000;

/** Gets the token by client credentials (RFC 6749, section 4.4), keeps it, and shares one request among all callers. */
export function createManagementToken(options: TokenOptions) {
  const { clock } = options;
  let current: { value: string; until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const { access_token: value, expires_in: seconds } = await requestToken(options);
    current = { value, until: clock() + seconds * 1000 - margin };
    return value;
  }

  return {
    /** @throws LogtoError */
    async read(): Promise<string> {
      if (current && clock() < current.until) return current.value;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    /** Drops a token that Logto refused; a newer one, which another request has got meanwhile, stays. */
    forget(refused: string): void {
      if (current?.value === refused) current = undefined;
    },
  };
}

async function requestToken({ endpoint, credentials, resource, requestTimeout }: TokenOptions) {
  // Both are percent-encoded (RFC 6749, section 2.3.1).
  const pair = [credentials.appId, credentials.appSecret].map(encodeURIComponent).join(":");
  const request = new Request(`${endpoint}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(pair)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", resource, scope: "all" }),
  });
  const answer = await sendRequest(request, requestTimeout);
  const json: unknown = await answer.json().catch(() => {
    throw new LogtoError("invalid_answer", "not JSON");
  });
  const parsed = tokenAnswer.safeParse(json);
  if (!parsed.success) throw new LogtoError("invalid_answer", "no token");
  return parsed.data;
}

function isWorthRepeating(error: unknown): boolean {
  return isUnavailable(error) && error.retryAfter === undefined;
}

function check<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LogtoError("invalid_answer", `${issue?.code} at ${issue?.path.join(".") || "the top"}`);
}
