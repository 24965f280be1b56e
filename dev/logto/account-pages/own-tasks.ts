import type Koa from "koa";
import { readAccountCenter } from "../experience/account-center.ts";
import { redirect, textOf } from "../pages/addresses.ts";
import { describeInvalid, findUsernameFault, isEmail } from "../pages/identifiers.ts";
import { readSignInExperience } from "../experience/sign-in-experience.ts";
import {
  createTotpSecret,
  findTotpSecret,
  isTotp,
  keepTotpSecret,
  removeTotpSecret,
} from "../people/totp.ts";
import { findPasswordFault, hashPassword } from "../people/passwords.ts";
import type { Database } from "../store/database.ts";
import type { AccountChange } from "./changes.ts";
import {
  renderAuthenticatorPage,
  renderCodePage,
  renderEmailPage,
  renderFaultPage,
  renderNotAllowedPage,
  renderNotFoundPage,
  renderPasswordPage,
  renderProfilePage,
  renderRemovalPage,
  renderUsernamePage,
} from "./pages.tsx";
import { always, ifPossible, mailCode, readReturn, type Task, tryCode } from "./tasks.ts";

/** Sends the browser back, or where it came without an address to a page that says that it is done. */
function leave(ctx: Koa.Context): undefined {
  redirect(ctx, readReturn(ctx) ?? `${ctx.path}/success`);
  return undefined;
}

/** The changes of a person to their own account that need no other provider. */
export function listOwnTasks(sql: Database, change: AccountChange): Task[] {
  return [
    changeUsername(change),
    changePassword(change),
    changeEmail(sql, change),
    addAuthenticatorApp(sql, change),
    removeAuthenticatorApp(sql, change),
    changeProfile(sql, change),
  ];
}

const changeUsername = (change: AccountChange): Task => ({
  path: "/account/username",
  field: "username",
  needsProof: always,
  open(ctx, { user }, frame) {
    ctx.body = renderUsernamePage(frame, user.username ?? "");
  },
  async act(ctx, { user }, { username = "" }) {
    const fault = findUsernameFault(username.trim());
    const refusal = fault ?? (await change(ctx, user, { username: username.trim() }));
    return refusal ?? leave(ctx);
  },
});

const changePassword = (change: AccountChange): Task => ({
  path: "/account/password",
  field: "password",
  needsProof: ifPossible,
  open(ctx, _visit, frame) {
    ctx.body = renderPasswordPage(frame);
  },
  async act(ctx, { user }, { newPassword = "", confirmPassword }) {
    const fault =
      findPasswordFault(newPassword) ??
      (newPassword === confirmPassword ? undefined : "Your passwords don’t match.");
    if (fault !== undefined) return fault;
    const passwordDigest = await hashPassword(newPassword);
    return (await change(ctx, user, { passwordDigest })) ?? leave(ctx);
  },
});

const changeEmail = (sql: Database, change: AccountChange): Task => ({
  path: "/account/email",
  field: "email",
  needsProof: always,
  open(ctx, { state }, frame) {
    const { wanted } = state;
    ctx.body =
      wanted && ctx.query["step"] === "code"
        ? renderCodePage(frame, wanted.email)
        : renderEmailPage(frame, textOf(ctx.query["identifier"]));
  },
  async act(ctx, { user, state }, { email = "", code }) {
    if (state.wanted && code !== undefined) {
      const fault = tryCode(state.wanted, code);
      if (fault !== undefined) return fault;
      const { email: primaryEmail } = state.wanted;
      delete state.wanted;
      return (await change(ctx, user, { primaryEmail })) ?? leave(ctx);
    }
    const wanted = email.trim();
    if (!isEmail(wanted)) return describeInvalid(["email"]);
    const sent = await mailCode(sql, wanted);
    if (typeof sent === "string") return sent;
    state.wanted = sent;
    const query = { redirect: readReturn(ctx) ?? "", step: "code" };
    redirect(ctx, `${ctx.path}?${new URLSearchParams(query)}`);
    return undefined;
  },
});

const addAuthenticatorApp = (sql: Database, change: AccountChange): Task => ({
  path: "/account/authenticator-app",
  field: "mfa",
  needsProof: always,
  async open(ctx, { user, state }, frame) {
    if (!(await readSignInExperience(sql)).mfa.factors.includes("Totp")) {
      ctx.body = renderNotAllowedPage();
      return;
    }
    if ((await findTotpSecret(sql, user.id)) !== undefined) {
      ctx.body = renderFaultPage("You already have an authenticator app.");
      return;
    }
    state.secret ??= createTotpSecret();
    ctx.body = renderAuthenticatorPage(frame, state.secret);
  },
  async act(ctx, { user, state }, { code = "" }) {
    const { secret } = state;
    if (secret === undefined || !isTotp(secret, code)) return "Invalid TOTP code.";
    delete state.secret;
    await keepTotpSecret(sql, user.id, secret);
    return (await change(ctx, user, { name: user.name })) ?? leave(ctx);
  },
});

/** At Logto a button on the overview, without an address of its own. */
const removeAuthenticatorApp = (sql: Database, change: AccountChange): Task => ({
  path: "/account/authenticator-app/remove",
  field: "mfa",
  needsProof: always,
  open(ctx, _visit, frame) {
    ctx.body = renderRemovalPage(frame);
  },
  async act(ctx, { user }) {
    await removeTotpSecret(sql, user.id);
    const fault = await change(ctx, user, { name: user.name });
    if (fault === undefined) redirect(ctx, "/account/security");
    return fault;
  },
});

const changeProfile = (sql: Database, change: AccountChange): Task => ({
  path: "/account/profile",
  field: "name",
  needsProof: () => false,
  async open(ctx, { user }, frame) {
    const { profileFields } = await readAccountCenter(sql);
    ctx.body = profileFields ? renderProfilePage(frame, user) : renderNotFoundPage();
  },
  async act(ctx, { user }, { name = "", avatar = "" }) {
    if (avatar !== "" && !URL.canParse(avatar)) return "Invalid url";
    const values = { name: name || null, avatar: avatar || null };
    const fault = await change(ctx, user, values);
    if (fault === undefined) redirect(ctx, "/account/profile/success");
    return fault;
  },
});
