import type Koa from "koa";
import type { DemoPerson } from "../people/demo-person.ts";
import type { Database } from "../store/database.ts";
import { verifyPassword } from "../people/passwords.ts";
import { findUserByIdentifier } from "../people/users.ts";
import { redirect } from "./addresses.ts";
import type { CodeRoutes } from "./code-routes.ts";
import { demoPeoplePath } from "./demo-people.tsx";
import { describeInvalid, type Identifier, recognizeIdentifier } from "./identifiers.ts";
import type { Interactions } from "./interactions.ts";
import type { Journey } from "./journey.ts";
import type { Progress } from "./progress.ts";
import { renderSignInPage } from "./sign-in-page.tsx";
import { admits, isPasswordOnly, methodFor, signInTypes } from "./sign-in-settings.ts";
import { ssoRefusal, type SsoRoutes } from "./sso-routes.ts";
import { renderPasswordPage } from "./step-pages.tsx";
import type { Refusal, Step, Steps, Visit } from "./steps.ts";

/** The parts of the routes at which people sign in or register. */
export type EntryParts = {
  sql: Database;
  interactions: Interactions;
  steps: Steps;
  progress: Progress;
  codes: CodeRoutes;
  sso: SsoRoutes;
};

/** Sign-in by a password, with the sentences and statuses of Logto's own sign-in page. */
export function addSignInRoutes(parts: EntryParts & { people: readonly DemoPerson[] }): void {
  const { sql, interactions, steps, progress, codes, sso, people } = parts;

  async function checkPassword(
    ctx: Koa.Context,
    visit: Visit,
    { type, value }: Identifier,
    password: string,
  ): Promise<Refusal | undefined> {
    const { settings } = visit;
    const user = await findUserByIdentifier(sql, value);
    const isRight = await verifyPassword(password, user?.passwordDigest ?? null);
    if (!user || !isRight) {
      const fault = "Incorrect account or password. Please check your input.";
      return { status: 422, fault };
    }
    if (type === "email" && (await sso.findConnectorFor(settings, value))) return ssoRefusal;
    if (!methodFor(settings, type)?.password)
      return { status: 422, fault: "This sign-in method is not enabled." };
    return progress.proceed(ctx, visit, { event: "SignIn", userId: user.id });
  }

  const signIn: Step = {
    path: "/sign-in",
    render: renderSignInPage,
    findSubstitute: (settings) => (admits(settings, "SignIn") ? undefined : "/register"),
    async act(ctx, visit, { identifier: typed = "", password = "" }) {
      const { interaction, settings } = visit;
      const types = signInTypes(settings);
      const identifier = recognizeIdentifier(typed.trim(), types);
      if (!identifier) return { status: 422, fault: describeInvalid(types) };
      const { type, value } = identifier;
      if (type === "email" && (await sso.goByEmail(ctx, visit, value))) return undefined;
      if (isPasswordOnly(settings)) return checkPassword(ctx, visit, identifier, password);
      const journey: Journey = { event: "SignIn", identifier };
      const method = methodFor(settings, type);
      if (method?.password && (method.isPasswordPrimary || !method.verificationCode)) {
        await interactions.keep(interaction, journey);
        redirect(ctx, `/sign-in/password${ctx.search}`);
        return undefined;
      }
      return codes.send(ctx, visit, journey, { email: value, flow: "sign-in" });
    },
  };
  steps.add(signIn);
  steps.add({ ...signIn, path: "/identifier-sign-in" });

  steps.add({
    ...signIn,
    path: demoPeoplePath,
    async act(ctx, visit, fields) {
      const person = people.find(({ identifier }) => identifier === fields["identifier"]);
      if (!person) return { status: 422, fault: "There is no demo person of that name." };
      const identifier = { type: "username", value: person.identifier } as const;
      return checkPassword(ctx, visit, identifier, person.password);
    },
  });

  steps.add({
    path: "/sign-in/password",
    render: renderPasswordPage,
    isReached: ({ identifier }) => identifier !== undefined,
    async act(ctx, visit, { password = "" }) {
      const { identifier } = visit.journey;
      return identifier && checkPassword(ctx, visit, identifier, password);
    },
  });
}
