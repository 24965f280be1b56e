import { randomUUID } from "node:crypto";

import { permissions, type Role } from "../../src/access/roles.ts";
import type {
  ApplicationOptions,
  Organization,
  Person,
  RunningApplication,
} from "./application.ts";
import type { FaultyIssuer } from "./faulty-issuer.ts";
import { signClaims, type Signing } from "./issuer-faults.ts";
import { type SignInWorld, useSignIn } from "./sign-in.ts";

type Claims = Record<string, unknown>;

/** Changes to a token. A claim that is undefined is left out. */
export type TokenOptions = Partial<Omit<Signing, "header">> & {
  claims?: Claims;
  typ?: string | undefined;
};

/** The audience of a token for an organization, by its id at Logto. */
export const audienceOf = (logtoId: string) => `urn:logto:organization:${logtoId}`;

/** Signs an organization token with the claims that Logto's have (recorded: test/fixtures/logto/). */
export async function signToken(
  issuer: FaultyIssuer,
  { claims = {}, typ = "at+jwt", algorithm, signer = issuer.signingKey }: TokenOptions,
): Promise<string> {
  const now = Math.floor(issuer.clock().getTime() / 1000);
  const payload: Claims = {
    jti: randomUUID(),
    sub: "sakj9v54p6jh",
    iat: now,
    exp: now + 3600,
    scope: permissions.join(" "),
    client_id: "api-client",
    iss: `${issuer.endpoint}/oidc`,
    aud: audienceOf("v0r1r27s5no3"),
    ...claims,
  };
  return signClaims(issuer, payload, { algorithm, signer, header: { typ } });
}

/** Someone who has a name at the identity provider, and their token for one organization. */
export type TokenWorld = SignInWorld & {
  /** Makes someone one of the issuer's people. @returns their subject */
  nameAtIssuer(person: Person): Promise<string>;
  /** Links an organization to one at Logto, unless it is linked. @returns its id at Logto */
  linkToLogto(organization: Organization): Promise<string>;
  tokenFor(person: Person, organization: Organization, options?: TokenOptions): Promise<string>;
  /** An application that belongs to an organization. */
  addApplication(organization: Organization, role: Role): Promise<Person>;
};

/** The application, with an identity provider whose tokens it takes. */
export function useTokens(options: ApplicationOptions = {}): TokenWorld {
  const signInWorld = useSignIn(options);
  const { application } = signInWorld;

  async function nameAtIssuer({ id }: Person): Promise<string> {
    const [user] = await application.query<{ subject: string }>(
      "update users set issuer = $2 where id = $1 returning subject",
      [id, `${signInWorld.issuer.endpoint}/oidc`],
    );
    return user?.subject ?? "";
  }

  async function linkToLogto({ id }: Organization): Promise<string> {
    const [row] = await application.query<{ logtoId: string }>(
      `update logto_organizations set logto_id = coalesce(logto_id, $2) where organization_id = $1 returning logto_id as "logtoId"`,
      [id, randomUUID().slice(0, 12).replace("-", "x")],
    );
    return row?.logtoId ?? "";
  }

  return {
    application,
    get issuer() {
      return signInWorld.issuer;
    },
    reachCallback: signInWorld.reachCallback,
    signIn: signInWorld.signIn,
    isSignedIn: signInWorld.isSignedIn,
    readState: signInWorld.readState,
    nameAtIssuer,
    linkToLogto,
    async tokenFor(person, organization, { claims, ...rest } = {}) {
      const sub = await nameAtIssuer(person);
      const aud = audienceOf(await linkToLogto(organization));
      return signToken(signInWorld.issuer, { ...rest, claims: { sub, aud, ...claims } });
    },
    addApplication: (organization, role) => addApplication(application, organization, role),
  };
}

/** As the worker does that keeps step with Logto. */
async function addApplication(
  application: RunningApplication,
  organization: Organization,
  role: Role,
): Promise<Person> {
  const name = `Application ${randomUUID().slice(0, 8)}`;
  const [user] = await application.query<{ id: string }>(
    `insert into users (id, issuer, subject, name, is_machine)
     values (gen_random_uuid(), 'https://id.example/oidc', $1, $2, true) returning id`,
    [randomUUID(), name],
  );
  const person = { id: user?.id ?? "", name };
  await application.addMember(organization, person, role);
  return person;
}
