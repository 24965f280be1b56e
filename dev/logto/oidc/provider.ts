import {
  type Configuration,
  errors,
  interactionPolicy,
  type JWKS,
  type KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import type { Database } from "../store/database.ts";
import { renderDevicePage, renderSignedOutPage, renderSignOutPage } from "./pages.tsx";
import { findUser } from "../people/users.ts";
import type { Settings } from "../store/settings.ts";
import { createOidcAdapter } from "./adapter.ts";
import { buildClaims, claimsOfScope } from "./claims.ts";
import { acceptEverySecret } from "./clients.ts";
import { addLogtoErrorFields, renderError } from "./error-bodies.ts";
import { chooseSignInPage, logtoParameters } from "./interaction-url.ts";
import { organizationAskedFor } from "./organization-tokens.ts";
import { chooseDefaultResource, findResourceServer } from "./resources.ts";

const tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
const hour = 3600;
const day = 24 * hour;

/**
 * Creates the OpenID provider, configured to behave as Logto's does. It is mounted at /oidc.
 *
 * @param options.manager the machine that may call the Management API
 */
export function createProvider(options: {
  issuer: string;
  settings: Settings;
  sql: Database;
  manager: string;
}): Provider {
  const { issuer, settings, sql, manager } = options;
  const provider = new Provider(issuer, {
    adapter: createOidcAdapter(sql, new URL(issuer).origin),
    // Stored and read back as jsonb: jose's looser JWK type is the only difference.
    jwks: settings.jwks as JWKS,
    cookies: {
      // The stand-in of another clone on this machine shares the cookies of localhost.
      names: nameCookies(new URL(issuer).port),
      keys: settings.cookieKeys,
      long: { httpOnly: true, sameSite: "lax", path: "/" },
      // At "/", because the pages are spread over /sign-in, /register, /callback/… and /consent.
      short: { httpOnly: true, sameSite: "lax", path: "/" },
    },
    claims: { ...claimsOfScope, sid: null, auth_time: null, iss: null },
    // Logto puts the claims of the granted scopes into the id_token, too (OpenID Connect Core 5.4 would not).
    conformIdTokenClaims: false,
    enabledJWA: { idTokenSigningAlgValues: ["ES384"] },
    extraParams: logtoParameters,
    features: describeFeatures(sql, manager),
    pkce: { required: () => false },
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    interactions: {
      policy: createPromptPolicy(),
      url: (_ctx, { prompt, params }) =>
        prompt.name === "consent"
          ? `/consent?${new URLSearchParams({ app_id: String(params["client_id"]) })}`
          : chooseSignInPage(params),
    },
    async findAccount(_ctx, id) {
      const user = await findUser(sql, id);
      if (!user || user.isSuspended) return undefined;
      return { accountId: id, claims: (use) => buildClaims(sql, user, use) };
    },
    // The lifetimes seen at a Logto server.
    ttl: {
      AccessToken: hour,
      AuthorizationCode: 60,
      ClientCredentials: hour,
      DeviceCode: 600,
      Grant: 180 * day,
      IdToken: hour,
      Interaction: hour,
      RefreshToken: 14 * day,
      Session: 14 * day,
    },
    formats: {
      customizers: {
        // The token of a person without permissions has an empty scope. The library would leave the claim out.
        jwt(_ctx, token, jwt) {
          if (token.kind === "AccessToken") jwt.payload["scope"] ??= "";
        },
      },
    },
    renderError,
    // Both ends of a back-channel logout are on this machine. The library's own `dispatcher` would hang up there, as Logto
    // does unless it is started with OIDC_PROVIDER_SSRF_PROTECTION_DISABLED=1.
    fetch: (url, request = {}) =>
      globalThis.fetch(url, Object.assign(request, { dispatcher: undefined })),
  } satisfies Configuration);
  // Announced in Logto's discovery document; no client here may use it, which is also Logto's default.
  provider.registerGrantType(tokenExchange, () => {
    throw new errors.UnsupportedGrantType();
  });
  provider.use(addLogtoErrorFields);
  acceptEverySecret(provider, sql);
  return provider;
}

function showDevicePage(ctx: KoaContextWithOIDC): void {
  ctx.body = renderDevicePage();
}

/** Gives every callback, although some repeat the default: the library prints a notice when it calls a default. */
function describeFeatures(sql: Database, manager: string): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: showDevicePage,
      userCodeConfirmSource: showDevicePage,
      successSource: showDevicePage,
    },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        ctx.body = renderSignOutPage(form);
      },
      postLogoutSuccessSource(ctx) {
        ctx.body = renderSignedOutPage();
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, _client, oneOf) => chooseDefaultResource(ctx, oneOf),
      useGrantedResource: (ctx) => organizationAskedFor(ctx) !== undefined,
      getResourceServerInfo: (ctx, resource, client) =>
        findResourceServer({ sql, manager }, ctx, resource, client.clientId),
    },
  };
}

/** The library's prompts, and one more check: a user who was suspended or deleted half-way signs in again. */
function createPromptPolicy() {
  const policy = interactionPolicy.base();
  policy
    .get("login")
    ?.checks.add(
      new interactionPolicy.Check(
        "account_gone",
        "End-User authentication is required",
        "login_required",
        (ctx: KoaContextWithOIDC) => ctx.oidc.session?.accountId !== undefined && !ctx.oidc.account,
      ),
    );
  return policy;
}

function nameCookies(port: string) {
  return {
    session: `_session_${port}`,
    interaction: `_interaction_${port}`,
    resume: `_interaction_resume_${port}`,
  };
}
