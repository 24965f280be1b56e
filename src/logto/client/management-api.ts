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
import { isUnavailable, LogtoError } from "./logto-error.ts";
import { createManagementToken } from "./management-token.ts";
import { sendRequest } from "./send-request.ts";

export type ManagementApiOptions = {
  /** Logto's address, without a path. */
  endpoint: string;
  /** A machine-to-machine application with the role "Logto Management API access". */
  credentials: { appId: string; appSecret: string };
  /** What the token is for. */
  resource: string;
  /** Milliseconds for one request. */
  requestTimeout?: number;
  /** Milliseconds in which nothing is sent after five failures in a row. */
  recoveryTime?: number;
  /** Milliseconds, of a clock that only goes forward. */
  clock?: () => number;
};

/** With the types of Logto's own description of its API. */
type Client = ReturnType<typeof createApiClient>;

type Call = (client: Client) => Promise<{ data?: unknown; response: Response }>;

export type ManagementApi = {
  /** What our users of this Logto have as their issuer. */
  readonly issuer: string;
  /** Sends a request, and checks what comes back. */
  read<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema>>;
  /** Sends a request whose answer says nothing. */
  send(call: Call): Promise<void>;
  /**
   * Reads a list to its end, by its `Total-Number`: the addresses in Logto's `Link` lead nowhere.
   *
   * @param call is given the page, from 1, to ask for as `query`
   */
  list<Schema extends z.ZodType>(
    schema: Schema,
    call: (client: Client, query: { page: number; page_size: number }) => ReturnType<Call>,
  ): Promise<z.output<Schema>[]>;
};

/** The most that Logto gives at once. */
const pageSize = 100;

/**
 * Logto's Management API. Each request is given up after three seconds; a GET is sent once more where Logto could not
 * be reached or failed, anything else is not: it may have been done. After five failures in a row nothing is sent for
 * ten seconds, and then one request to see.
 *
 * All of it throws LogtoError, and nothing else.
 */
export function createManagementApi(options: ManagementApiOptions): ManagementApi {
  const { endpoint, requestTimeout = 3_000, recoveryTime = 10_000 } = options;
  const { clock = () => performance.now() } = options;
  const token = createManagementToken({ ...options, requestTimeout, clock });
  // Logto asks to be left alone, all of us, until then.
  let notBefore = 0;

  async function authorized(request: Request): Promise<Response> {
    const present = await token.read();
    try {
      return await sendWith(present, request.clone());
    } catch (error) {
      if (!(error instanceof LogtoError && error.status === 401)) throw error;
      // Its key was replaced, or its time is over by another clock. What was refused was not done.
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
  // Logto's roles and applications say "Created" in plain text; sendRequest() has let through nothing else.
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
    async send(call) {
      await run(call);
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

function isWorthRepeating(error: unknown): boolean {
  return isUnavailable(error) && error.retryAfter === undefined;
}

function check<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LogtoError("invalid_answer", `${issue?.code} at ${issue?.path.join(".") || "the top"}`);
}
