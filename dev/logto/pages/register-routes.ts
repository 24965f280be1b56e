import type Koa from "koa";
import { findPasswordFault, hashPassword } from "../people/passwords.ts";
import { findUserByIdentifier } from "../people/users.ts";
import { redirect } from "./addresses.ts";
import { describeInvalid, findUsernameFault, isEmail, recognizeIdentifier } from "./identifiers.ts";
import type { Journey } from "./journey.ts";
import { renderRegisterPage } from "./sign-in-page.tsx";
import { admits, signUpTypes } from "./sign-in-settings.ts";
import type { EntryParts } from "./sign-in-routes.ts";
import { ssoRefusal } from "./sso-routes.ts";
import { renderEmailPage, renderNewPasswordPage, renderUsernamePage } from "./step-pages.tsx";
import type { Fields, Refusal, Step, Visit } from "./steps.ts";

/** The routes that make an account, or ask for what it lacks. */
export function addRegisterRoutes(parts: EntryParts): void {
  const { sql, interactions, steps, progress, codes, sso } = parts;

  async function findUnusable(username: string): Promise<Refusal | undefined> {
    const isTaken = (await findUserByIdentifier(sql, username)) !== undefined;
    const fault =
      findUsernameFault(username) ?? (isTaken ? "This username is already in use." : undefined);
    return fault === undefined ? undefined : { status: 422, fault };
  }

  const register: Step = {
    path: "/register",
    render: renderRegisterPage,
    findSubstitute: (settings) => (admits(settings, "Register") ? undefined : "/sign-in"),
    async act(ctx, visit, { identifier: typed = "" }) {
      const { interaction, settings } = visit;
      const types = signUpTypes(settings);
      const text = typed.trim();
      const identifier = recognizeIdentifier(text, types);
      if (!identifier) {
        const usernameFault = types.join() === "username" ? findUsernameFault(text) : undefined;
        return { status: 422, fault: usernameFault ?? describeInvalid(types) };
      }
      const { type, value } = identifier;
      const journey: Journey = { event: "Register" };
      if (type === "email") {
        if (await sso.goByEmail(ctx, visit, value)) return undefined;
        return codes.send(ctx, visit, journey, { email: value, flow: "register" });
      }
      const refusal = await findUnusable(value);
      if (refusal) return refusal;
      if (!settings.signUp.password)
        return progress.proceed(ctx, visit, { ...journey, username: value });
      await interactions.keep(interaction, { ...journey, username: value });
      redirect(ctx, `/register/password${ctx.search}`);
      return undefined;
    },
  };
  steps.add(register);
  steps.add({ ...register, path: "/identifier-register" });

  async function setPassword(ctx: Koa.Context, visit: Visit, fields: Fields) {
    const { newPassword = "", confirmPassword } = fields;
    const fault =
      findPasswordFault(newPassword) ??
      (newPassword === confirmPassword ? undefined : "Your passwords don’t match.");
    if (fault !== undefined) return { status: 422, fault };
    const passwordDigest = await hashPassword(newPassword);
    return progress.proceed(ctx, visit, { ...visit.journey, passwordDigest });
  }

  for (const path of ["/register/password", "/continue/password"])
    steps.add({
      path,
      render: renderNewPasswordPage,
      isReached: isUnderWay,
      act: setPassword,
    });

  steps.add({
    path: "/continue/username",
    render: renderUsernamePage,
    isReached: isUnderWay,
    async act(ctx, visit, { identifier = "" }) {
      const username = identifier.trim();
      const refusal = await findUnusable(username);
      return refusal ?? progress.proceed(ctx, visit, { ...visit.journey, username });
    },
  });

  steps.add({
    path: "/continue/email",
    render: renderEmailPage,
    isReached: isUnderWay,
    async act(ctx, visit, { identifier = "" }) {
      const email = identifier.trim();
      if (!isEmail(email)) return { status: 422, fault: describeInvalid(["email"]) };
      if (await sso.findConnectorFor(visit.settings, email)) return ssoRefusal;
      return codes.send(ctx, visit, visit.journey, { email, flow: "continue" });
    },
  });
}

/** Tells whether the person has chosen or proved something already. */
function isUnderWay({ username, email, social, userId, waiting }: Journey): boolean {
  return !waiting && Boolean(username ?? email ?? social ?? userId);
}
