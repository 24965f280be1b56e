import { z } from "zod";

import { LogtoError } from "../client/logto-error.ts";
import { sendRequest } from "../client/send-request.ts";
import type { ProvisionConfig } from "./config.ts";
import { ProvisionError } from "./provision-error.ts";

const discovery = z.object({ issuer: z.string() });
/** Milliseconds. */
const timeout = 3_000;

/**
 * Sees that Logto is what answers at LOGTO_ENDPOINT, and that it goes by that name: each sign-in is held to it.
 *
 * @throws LogtoError, ProvisionError
 */
export async function checkIssuer({ endpoint }: ProvisionConfig): Promise<void> {
  const request = new Request(`${endpoint}/oidc/.well-known/openid-configuration`);
  const answer = await sendRequest(request, timeout);
  const { data } = discovery.safeParse(await answer.json().catch(() => undefined));
  if (!data) throw new LogtoError("invalid_answer", "no discovery document");
  if (data.issuer !== `${endpoint}/oidc`) {
    const own = data.issuer.replace(/\/oidc$/, "");
    throw new ProvisionError(
      `Logto at ${endpoint} calls itself ${own}, and nobody could sign in. Set LOGTO_ENDPOINT to that, or ENDPOINT of Logto itself to ${endpoint}.`,
    );
  }
}
