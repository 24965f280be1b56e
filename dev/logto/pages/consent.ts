import type Provider from "oidc-provider";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/**
 * Logto asks for no consent to a first-party application: it grants what was asked for and goes on.
 * Scopes unknown to it were dropped before; when nothing is left, the provider ends in `access_denied`.
 */
export async function grantEverythingAsked(
  provider: Provider,
  interaction: Interaction,
): Promise<string> {
  const { grantId, prompt, params, session } = interaction;
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    existing ??
    new provider.Grant({
      accountId: session?.accountId ?? "",
      clientId: String(params["client_id"]),
    });
  const missing = prompt.details as {
    missingOIDCScope?: string[];
    missingResourceScopes?: Record<string, string[]>;
  };
  if (missing.missingOIDCScope) grant.addOIDCScope(missing.missingOIDCScope.join(" "));
  for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(" "));
  }
  return grant.save();
}
