import type Koa from "koa";
import type { Database } from "../store/database.ts";
import { describeNewcomer } from "../experience/hugging-face-connector.ts";
import { joinByEmailDomain } from "../people/just-in-time.ts";
import {
  type Arrival,
  createUser,
  findUser,
  findUserByHuggingFaceId,
  findUserByIdentifier,
  updateUser,
  type User,
  UserConflictError,
} from "../people/users.ts";
import { findTotpSecret } from "../people/totp.ts";
import { pathFor, redirect } from "./addresses.ts";
import type { createArrivals } from "./arrivals.ts";
import type { Interactions } from "./interactions.ts";
import type { Journey } from "./journey.ts";
import type { SignInExperience } from "../experience/sign-in-experience.ts";
import { admits, asksForFactors, findMissing } from "./sign-in-settings.ts";
import type { Refusal, Steps, Visit } from "./steps.ts";

export type Progress = ReturnType<typeof createProgress>;

/** The page that asks for the code of an authenticator app. */
export const totpPath = "/mfa-verification/Totp";

const conflictFaults = {
  username: "This username is already in use.",
  email: "This email is associated with an existing account.",
  phone: "This phone number is associated with an existing account.",
  identity: "The social account has been associated with an existing account.",
};

/** Continues a sign-in after a proof: asks for what the account lacks, makes it, and signs the user in. */
export function createProgress(parts: {
  sql: Database;
  interactions: Interactions;
  steps: Steps;
  arrive: ReturnType<typeof createArrivals>;
}) {
  const { sql, interactions, steps, arrive } = parts;

  async function proceed(
    ctx: Koa.Context,
    visit: Visit,
    journey: Journey,
  ): Promise<Refusal | undefined> {
    const { interaction, settings } = visit;
    const { userId, social } = journey;
    const user = userId === undefined ? undefined : await findUser(sql, userId);
    if (userId !== undefined && (!user || user.isSuspended))
      return { status: 401, fault: "This account is suspended." };
    if (!admits(settings, user ? "SignIn" : "Register")) {
      const fault = "Forbidden. Please check your user roles and permissions.";
      return { status: 403, fault };
    }
    const newcomer = user ? undefined : await describeNew(journey);
    const [missing] = findLacking(settings, journey, user, newcomer);
    if (missing !== undefined) {
      await interactions.keep(interaction, journey);
      const query = social ? { link_social: social.connectorId } : {};
      redirect(ctx, pathFor(interaction, `/continue/${missing}`, query));
      return undefined;
    }
    try {
      const arrival = user ? await complete(user, journey) : await create(newcomer ?? {});
      await end(ctx, visit, arrival);
      return undefined;
    } catch (error) {
      if (!(error instanceof UserConflictError)) throw error;
      // Two first sign-ins at once: the other one was faster.
      const known = social && (await findUserByHuggingFaceId(sql, social.profile.sub));
      if (known) return proceed(ctx, visit, { social, userId: known.id });
      return { status: 422, fault: conflictFaults[error.conflict] };
    }
  }

  /** Takes the address from Hugging Face, verified or not, unless another user has it. */
  async function describeNew({ username, passwordDigest, email, social }: Journey) {
    const { primaryEmail, ...profile } = social ? describeNewcomer(social.profile) : {};
    const isTaken = primaryEmail && (await findUserByIdentifier(sql, primaryEmail));
    return {
      ...profile,
      username,
      passwordDigest,
      primaryEmail: email ?? (isTaken ? undefined : primaryEmail),
    };
  }

  async function create(newcomer: Parameters<typeof createUser>[1]): Promise<Arrival> {
    return sql.begin(async (transaction) => {
      const user = await createUser(transaction, newcomer);
      const joined = user.primaryEmail
        ? await joinByEmailDomain(transaction, user.id, user.primaryEmail)
        : [];
      return { user, change: "created" as const, joined };
    });
  }

  async function complete(user: User, journey: Journey): Promise<Arrival> {
    const { username, email, passwordDigest, isChanged } = journey;
    if (username === undefined && email === undefined && passwordDigest === undefined)
      return { user, change: isChanged ? "updated" : undefined };
    const change = { username, primaryEmail: email, passwordDigest };
    return { user: (await updateUser(sql, user.id, change)) ?? user, change: "updated" };
  }

  async function end(ctx: Koa.Context, { interaction, settings }: Visit, arrival: Arrival) {
    const { user, change, joined = [] } = arrival;
    const needsTotp =
      settings.mfa.factors.includes("Totp") && (await findTotpSecret(sql, user.id)) !== undefined;
    if (!needsTotp && !asksForFactors(settings))
      return redirect(ctx, await arrive(ctx, interaction, arrival));
    const waiting = { ...(change && { change }), joined };
    await interactions.keep(interaction, { userId: user.id, waiting, needsTotp });
    return redirect(ctx, pathFor(interaction, needsTotp ? totpPath : "/mfa-onboarding"));
  }

  return {
    proceed,
    /** The same where no form can show why it was refused. */
    async proceedOrSendBack(ctx: Koa.Context, visit: Visit, journey: Journey): Promise<void> {
      const refusal = await proceed(ctx, visit, journey);
      if (refusal) await steps.sendBack(ctx, visit.interaction, refusal.fault);
    },
  };
}

function findLacking(
  settings: SignInExperience,
  journey: Journey,
  user: User | undefined,
  newcomer: { primaryEmail?: string | undefined } = {},
) {
  const { social, username, email, passwordDigest } = journey;
  if (social && settings.socialSignIn.skipRequiredIdentifiers) return [];
  const hasIdentity = social !== undefined || Object.keys(user?.identities ?? {}).length > 0;
  return findMissing(settings, {
    username: Boolean(user?.username ?? username),
    email: Boolean(user?.primaryEmail ?? email ?? newcomer.primaryEmail),
    // An account elsewhere replaces the password.
    password: Boolean(user?.passwordDigest ?? passwordDigest) || hasIdentity,
  });
}
