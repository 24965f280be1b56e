import type Koa from "koa";
import { findUserByIdentifier } from "../people/users.ts";
import { redirect } from "./addresses.ts";
import type { Journey } from "./journey.ts";
import { admits, methodFor, signUpTypes } from "./sign-in-settings.ts";
import type { EntryParts } from "./sign-in-routes.ts";
import { ssoRefusal } from "./sso-routes.ts";
import { renderCodePage } from "./step-pages.tsx";
import type { Refusal, Visit } from "./steps.ts";
import { CodeNotSentError, findCodeFault, sendCode } from "./verification-codes.ts";

type Flow = "sign-in" | "register" | "continue";
export type CodeRoutes = ReturnType<typeof addCodeRoutes>;

/** The routes by which people prove an address: they type six digits that were mailed there. */
export function addCodeRoutes(parts: Omit<EntryParts, "codes">) {
  const { sql, interactions, steps, progress, sso } = parts;

  /** Mails a code and shows the page that asks for it. */
  async function send(
    ctx: Koa.Context,
    { interaction }: Visit,
    journey: Journey,
    { email, flow }: { email: string; flow: Flow },
  ): Promise<Refusal | undefined> {
    try {
      const usage = journey.event === "Register" ? "Register" : "SignIn";
      const code = await sendCode(sql, email, usage);
      await interactions.keep(interaction, { ...journey, code });
    } catch (error) {
      if (!(error instanceof CodeNotSentError)) throw error;
      const fault = "Failed to send the verification code. Please try again later.";
      return { status: 501, fault };
    }
    redirect(ctx, `/${flow}/verification-code${ctx.search}`);
    return undefined;
  }

  async function useProof(ctx: Koa.Context, visit: Visit, flow: Flow, email: string) {
    const { settings, journey } = visit;
    if (await sso.findConnectorFor(settings, email)) return ssoRefusal;
    const holder = await findUserByIdentifier(sql, email);
    const { code: _spent, ...rest } = journey;
    if (flow === "continue")
      return holder ? emailTaken : progress.proceed(ctx, visit, { ...rest, email });
    const canSignIn = methodFor(settings, "email")?.verificationCode && admits(settings, "SignIn");
    if (flow === "register") {
      if (!holder) return progress.proceed(ctx, visit, { event: "Register", email });
      return canSignIn ? offer(ctx, visit, { event: "Register", offered: email }) : emailTaken;
    }
    if (!canSignIn) return { status: 422, fault: "This sign-in method is not enabled." };
    if (holder) return progress.proceed(ctx, visit, { event: "SignIn", userId: holder.id });
    const canRegister = signUpTypes(settings).includes("email") && admits(settings, "Register");
    return canRegister
      ? offer(ctx, visit, { event: "SignIn", offered: email })
      : { status: 404, fault: `User with ${email} does not exist.` };
  }

  /** Offers to sign in instead of registering, or the reverse, with the same proof. */
  async function offer(ctx: Koa.Context, { interaction }: Visit, journey: Journey) {
    await interactions.keep(interaction, journey);
    redirect(ctx, ctx.url);
    return undefined;
  }

  async function takeOffer(ctx: Koa.Context, visit: Visit, email: string) {
    if (visit.journey.event === "SignIn")
      return progress.proceed(ctx, visit, { event: "Register", email });
    const holder = await findUserByIdentifier(sql, email);
    return progress.proceed(ctx, visit, {
      event: holder ? "SignIn" : "Register",
      ...(holder ? { userId: holder.id } : { email }),
    });
  }

  for (const flow of ["sign-in", "register", "continue"] as const)
    steps.add({
      path: `/${flow}/verification-code`,
      render: renderCodePage,
      isReached: (journey) => findRecipient(journey) !== undefined,
      async act(ctx, visit, { code: typed = "", resend }) {
        const { interaction, journey } = visit;
        const { code, offered } = journey;
        if (offered !== undefined) return takeOffer(ctx, visit, offered);
        const email = findRecipient(journey) ?? "";
        if (resend || !code) return send(ctx, visit, journey, { email, flow });
        const tried = { ...code, attempts: code.attempts + 1 };
        await interactions.keep(interaction, { ...journey, code: tried });
        const fault = findCodeFault(tried, typed.trim());
        return fault === undefined ? useProof(ctx, visit, flow, email) : { status: 400, fault };
      },
    });

  return { send };
}

const emailTaken = { status: 422, fault: "This email is associated with an existing account." };

function findRecipient({ code, offered, identifier }: Journey): string | undefined {
  return offered ?? code?.email ?? (identifier?.type === "email" ? identifier.value : undefined);
}
