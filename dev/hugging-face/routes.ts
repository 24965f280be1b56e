import { Router, type RouterContext } from "@koa/router";
import { OAuthError, authenticateClient, type Application } from "./application.ts";
import { checkAddressee, checkRequest, scopeMeanings } from "./authorization-request.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { drawAvatar } from "./avatar.ts";
import { presentClaims } from "./claims.ts";
import { Consents } from "./consents.ts";
import { accessTokenSeconds, type Grants } from "./grants.ts";
import type { IdTokenSigner } from "./id-token.ts";
import { readForm } from "../system/request-body.ts";
import type { Person } from "./people.ts";
import { renderConsentPage, renderFrontPage, renderPeoplePage } from "./pages.tsx";
import type { World } from "./world.ts";

/** The routes share these. */
export type StandIn = {
  issuer: string;
  applications: readonly Application[];
  world: World;
  grants: Grants;
  signer: IdTokenSigner;
};

export function createRouter({ issuer, applications, world, grants, signer }: StandIn): Router {
  const router = new Router();
  const consents = new Consents();
  const issueCode = (person: Person, request: AuthorizationRequest) => ({
    code: grants.issueCode(person, request),
  });

  router.get("/.well-known/openid-configuration", (ctx) => {
    ctx.body = {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      userinfo_endpoint: `${issuer}/oauth/userinfo`,
      jwks_uri: `${issuer}/oauth/jwks`,
      scopes_supported: Object.keys(scopeMeanings),
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      code_challenge_methods_supported: ["S256"],
    };
  });

  router.get("/oauth/jwks", async (ctx) => {
    ctx.body = await signer.readKeys();
  });

  router.get("/oauth/authorize", (ctx) => {
    const request = readRequest(ctx, ctx.URL.searchParams);
    if (!request) return;
    const agreed = consents.find(ctx, request);
    if (agreed)
      return sendBack(ctx, request.redirectUri, issueCode(agreed, request), request.state);
    const person = world.findPerson(request.parameters.get("person"));
    ctx.body = person
      ? renderConsentPage(request, person)
      : renderPeoplePage(world.people, request);
  });

  router.post("/logout", (ctx) => {
    consents.forget(ctx);
    ctx.status = 303;
    ctx.redirect("/");
  });

  router.post("/oauth/authorize", async (ctx) => {
    const request = readRequest(ctx, await readForm(ctx));
    if (!request) return;
    const { parameters } = request;
    const person = world.findPerson(parameters.get("person"));
    if (!person || parameters.get("decision") !== "authorize") {
      const refusal = new OAuthError("access_denied", "The user denied the request");
      return sendBack(ctx, request.redirectUri, describe(refusal), request.state);
    }
    consents.remember(ctx, person, request);
    sendBack(ctx, request.redirectUri, issueCode(person, request), request.state);
  });

  router.post("/oauth/token", async (ctx) => {
    ctx.set("Cache-Control", "no-store");
    const form = await readForm(ctx);
    const application = authenticateClient(applications, ctx.get("Authorization"), form);
    if (form.get("grant_type") !== "authorization_code") {
      throw new OAuthError("unsupported_grant_type", "Only authorization_code is supported");
    }
    const { accessToken, grant } = grants.redeemCode(form, application);
    const scopes = new Set(grant.request.scopes);
    ctx.body = {
      access_token: accessToken,
      token_type: "bearer",
      expires_in: accessTokenSeconds,
      scope: grant.request.scopes.join(" "),
      ...(scopes.has("openid") && {
        id_token: await signer.sign(presentClaims(grant.person, scopes, issuer), {
          audience: application.clientId,
          nonce: grant.request.nonce,
        }),
      }),
    };
  });

  router.all("/oauth/userinfo", (ctx) => {
    const [, token = ""] = /^Bearer (.+)$/i.exec(ctx.get("Authorization")) ?? [];
    const grant = grants.findByToken(token);
    if (!grant) {
      ctx.set("WWW-Authenticate", 'Bearer error="invalid_token"');
      throw new OAuthError("invalid_token", "The access token is unknown or expired", 401);
    }
    ctx.body = presentClaims(grant.person, new Set(grant.request.scopes), issuer);
  });

  router.get("/avatars/:username.svg", (ctx) => {
    const picture = drawAvatar(world, ctx.params["username"] ?? "");
    if (picture === undefined) return;
    ctx.type = "image/svg+xml";
    ctx.body = picture;
  });

  router.get("/", (ctx) => {
    ctx.body = renderFrontPage(world.people);
  });

  return router;

  /** @returns the checked request; or none when the application was already told what is wrong with it */
  function readRequest(
    ctx: RouterContext,
    parameters: URLSearchParams,
  ): AuthorizationRequest | undefined {
    const addressee = checkAddressee(parameters, applications);
    try {
      return checkRequest(parameters, addressee);
    } catch (fault) {
      if (!(fault instanceof OAuthError)) throw fault;
      sendBack(ctx, addressee.redirectUri, describe(fault), parameters.get("state") ?? undefined);
      return undefined;
    }
  }
}

function describe(fault: OAuthError): Record<string, string> {
  return { error: fault.code, error_description: fault.message };
}

function sendBack(
  ctx: RouterContext,
  redirectUri: string,
  answer: Record<string, string>,
  state: string | undefined,
): void {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (state !== undefined) target.searchParams.set("state", state);
  ctx.status = 303;
  ctx.redirect(target.href);
}
