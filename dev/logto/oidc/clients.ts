import { type Adapter, type ClientMetadata, errors, type Provider } from "oidc-provider";
import { type Application, findApplication } from "../applications/applications.ts";
import { isSecretOf } from "../applications/secrets.ts";
import { accountCenter } from "../account-pages/signing-in.ts";
import type { Database } from "../store/database.ts";

/** Reads applications as the provider's clients whenever it asks: one made by the Management API can be used at once. */
export function createClientAdapter(sql: Database, origin: string): Adapter {
  return {
    async find(id) {
      if (id === accountCenter) return describeAccountCenter(origin);
      const application = await findApplication(sql, id);
      // Logto has its own words for this refusal.
      if (!application) throw new errors.InvalidClient(`invalid client ${id}`);
      return describeClient(application);
    },
    async upsert() {},
    async findByUid() {},
    async findByUserCode() {},
    async consume() {},
    async destroy() {},
    async revokeByGrantId() {},
  };
}

/** Accepts each secret of an application; the library knows only one for each client. */
export function acceptEverySecret(provider: Provider, sql: Database): void {
  provider.Client.prototype.compareClientSecret = function compare(secret) {
    return isSecretOf(sql, this.clientId, secret);
  };
}

/** Logto's account pages are an application of their own, public, with PKCE. */
function describeAccountCenter(origin: string): ClientMetadata {
  return {
    client_id: accountCenter,
    redirect_uris: [`${origin}/account`],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    id_token_signed_response_alg: "ES384",
    token_endpoint_auth_method: "none",
  };
}

function describeClient({ id, type, oidcClientMetadata }: Application): ClientMetadata {
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri } = oidcClientMetadata;
  const isMachine = type === "MachineToMachine";
  return {
    client_id: id,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: withoutTrailingSlashToo(postLogoutRedirectUris),
    grant_types: isMachine ? ["client_credentials"] : ["authorization_code", "refresh_token"],
    response_types: isMachine ? [] : ["code"],
    id_token_signed_response_alg: "ES384",
    // Logto accepts the secret in the body as well; so does the library for this method.
    token_endpoint_auth_method: "client_secret_basic",
    // Never compared: acceptEverySecret() does that.
    client_secret: id,
    ...(backchannelLogoutUri !== undefined && {
      backchannel_logout_uri: backchannelLogoutUri,
      backchannel_logout_session_required:
        oidcClientMetadata.backchannelLogoutSessionRequired ?? false,
    }),
  };
}

/** Logto takes `http://localhost:3000` for the registered `http://localhost:3000/`. */
function withoutTrailingSlashToo(uris: string[]): string[] {
  return [...new Set(uris.flatMap((uri) => [uri, uri.replace(/^(https?:\/\/[^/]+)\/$/, "$1")]))];
}
