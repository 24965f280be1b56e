import type { Router } from "@koa/router";
import type Koa from "koa";
import type Provider from "oidc-provider";
import type { HuggingFaceConnector } from "../experience/hugging-face-connector.ts";
import { readAccountCenter } from "../experience/account-center.ts";
import { redirect, textOf } from "../pages/addresses.ts";
import { describeInvalid, findUsernameFault, isEmail } from "../pages/identifiers.ts";
import { findPasswordFault, hashPassword } from "../people/passwords.ts";
import type { Database } from "../store/database.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import { type AccountChange, createAccountChange } from "./changes.ts";
import {
  renderCodePage,
  renderDonePage,
  renderEmailPage,
  renderNoFactorsPage,
  renderNotFoundPage,
  renderOverviewPage,
  renderPasswordPage,
  renderProfilePage,
  renderUsernamePage,
} from "./pages.tsx";
import { addSocialTasks } from "./social-tasks.ts";
import {
  always,
  createTasks,
  ifPossible,
  mailCode,
  readReturn,
  type Tasks,
  tryCode,
} from "./tasks.ts";
import { createVisits } from "./visits.ts";

type Parts = {
  provider: Provider;
  sql: Database;
  key: string;
  delivery: WebhookDelivery;
  findConnector: () => Promise<HuggingFaceConnector | undefined>;
};

/** The account pages: paths, words and order as at Logto, but plain forms. They use Logto's session. */
export function addAccountRoutes(router: Router, parts: Parts): void {
  const { sql, findConnector } = parts;
  const visits = createVisits(parts);
  const tasks = createTasks({ router, sql, visits });
  const change = createAccountChange(parts);

  addOwnTasks(tasks, sql, change);
  addSocialTasks(router, { tasks, visits, change, findConnector });

  router.get("/account", (ctx) => redirect(ctx, "/account/security"));
  router.get("/account/security", async (ctx) => {
    const visit = await tasks.enter(ctx, null);
    if (visit) ctx.body = renderOverviewPage(visit.user, (await findConnector())?.id);
  });
  router.get(/^\/account\/[a-z-]+\/success$/, (ctx) => {
    ctx.body = renderDonePage(undefined);
  });
  router.get(/^\/account\//, (ctx) => {
    ctx.body = renderNotFoundPage();
  });
}

/** Sends the browser back, or where it came without an address to a page that says that it is done. */
function leave(ctx: Koa.Context): undefined {
  redirect(ctx, readReturn(ctx) ?? `${ctx.path}/success`);
  return undefined;
}

function addOwnTasks(tasks: Tasks, sql: Database, change: AccountChange): void {
  tasks.add({
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

  tasks.add({
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

  tasks.add({
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

  tasks.add({
    path: "/account/authenticator-app",
    field: "mfa",
    needsProof: always,
    open(ctx) {
      ctx.body = renderNoFactorsPage();
    },
  });

  tasks.add({
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
}
