import { z } from "zod";

import type { Step } from "./step.ts";

const connectorAnswer = z.object({
  id: z.string(),
  target: z.string(),
  /** `Social`, `Email` or `Sms`. */
  type: z.string(),
  config: z.record(z.string(), z.unknown()).optional(),
});
type Connector = z.output<typeof connectorAnswer>;

const kind = "connector";
/** Logto's own connector for Hugging Face, and its name at sign-in. */
const factory = "huggingface-universal";
const target = "huggingface";
/**
 * `read-memberships` gives the roles in organizations there, by which people join ours. `email` is left out: Logto considers
 * an address verified even if Hugging Face says that it is not, and then its page "Link with …" leads into the account of
 * the person who has the address. The application asks Hugging Face for the address itself.
 */
const scopes = ["openid", "profile", "read-memberships"];
const unsafe = "email";

/** The connectors to social identity providers and to mail servers. */
export function listConnectors({ api }: Pick<Step, "api">): Promise<Connector[]> {
  return api.read(z.array(connectorAnswer), (client) => client.GET("/api/connectors"));
}

/** Signing in with Hugging Face, through the OAuth application of HUGGINGFACE_CLIENT_ID. */
export async function provisionConnector(step: Step): Promise<void> {
  const { api, config, ledger } = step;
  const connectors = await listConnectors(step);
  const found = connectors.find((connector) => connector.target === target);
  if (!config.huggingFace) {
    ledger.skip(
      kind,
      `Hugging Face: HUGGINGFACE_CLIENT_ID or HUGGINGFACE_CLIENT_SECRET is missing; ${found ? "the connector stays as it is" : "nobody can sign in with it"}`,
    );
    if (found) noteRedirectUri(step, found);
    return;
  }
  const { id: clientId, secret: clientSecret } = config.huggingFace;
  if (found) {
    await mend(step, found, { clientId, clientSecret });
    return noteRedirectUri(step, found);
  }
  const created = await ledger.create(kind, "Hugging Face", () =>
    api.read(connectorAnswer, (client) =>
      client.POST("/api/connectors", {
        body: {
          connectorId: factory,
          config: { clientId, clientSecret, scope: scopes.join(" ") },
        },
      }),
    ),
  );
  if (created) noteRedirectUri(step, created);
}

async function mend(
  { api, ledger }: Step,
  { id, config: present = {} }: Connector,
  credentials: { clientId: string; clientSecret: string },
): Promise<void> {
  const words = typeof present["scope"] === "string" ? present["scope"].split(" ") : [];
  const kept = words.filter((word) => word !== "" && word !== unsafe);
  const scope = [...new Set([...kept, ...scopes])].join(" ");
  const scopeName = words.includes(unsafe)
    ? "scope (without email: Logto would call an address verified that is not)"
    : "scope";
  const differences = [
    ...(present["clientId"] === credentials.clientId ? [] : ["client id"]),
    ...(present["clientSecret"] === credentials.clientSecret ? [] : ["client secret"]),
    ...(present["scope"] === scope ? [] : [scopeName]),
  ];
  await ledger.mend(kind, "Hugging Face", differences, () =>
    api.send((client) =>
      client.PATCH("/api/connectors/{id}", {
        params: { path: { id } },
        body: { config: { ...present, ...credentials, scope } },
      }),
    ),
  );
}

function noteRedirectUri({ config, ledger }: Step, { id }: Connector): void {
  const signIn = `${config.endpoint}/callback/${id}`;
  // The account pages have an address of their own.
  const linking = `${config.endpoint}/account/callback/social/${id}`;
  ledger.note(
    kind,
    `the Hugging Face application needs the redirect URIs ${signIn} and ${linking}`,
  );
}
