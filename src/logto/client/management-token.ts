import { z } from "zod";

import { LogtoError } from "./logto-error.ts";
import { sendRequest } from "./send-request.ts";

type TokenOptions = {
  endpoint: string;
  credentials: { appId: string; appSecret: string };
  resource: string;
  requestTimeout: number;
  clock: () => number;
};

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** Milliseconds before its end at which a token is not used any more. */
const margin = 60_000;

/**
 * The token for the Management API, by client credentials (RFC 6749, section 4.4): kept until a minute before its end, and
 * asked for once, however many wait for it.
 */
export function createManagementToken(options: TokenOptions) {
  const { clock } = options;
  let current: { value: string; until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const answer = await requestToken(options);
    current = { value: answer.access_token, until: clock() + answer.expires_in * 1000 - margin };
    return answer.access_token;
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
    /** This one was refused; another one, which somebody else may have asked for meanwhile, stays. */
    forget(refused: string): void {
      if (current?.value === refused) current = undefined;
    },
  };
}

async function requestToken({ endpoint, credentials, resource, requestTimeout }: TokenOptions) {
  // Both percent-encoded (RFC 6749, section 2.3.1).
  const pair = [credentials.appId, credentials.appSecret].map(encodeURIComponent).join(":");
  const request = new Request(`${endpoint}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(pair)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", resource, scope: "all" }),
  });
  const answer = tokenAnswer.safeParse(await readJson(await sendRequest(request, requestTimeout)));
  if (!answer.success) throw new LogtoError("invalid_answer", "no token");
  return answer.data;
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw new LogtoError("invalid_answer", "not JSON");
  }
}
