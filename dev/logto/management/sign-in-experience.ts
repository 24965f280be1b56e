import { z } from "zod";
import {
  findEmailConnector,
  findHuggingFaceConnector,
  huggingFaceConnector,
} from "../experience/connectors.ts";
import { changeSignInExperience, readSignInExperience } from "../experience/sign-in-experience.ts";
import { ManagementError } from "./errors.ts";
import { jsonObject } from "./input.ts";
import { type Api, readChange } from "./resource.ts";

const identifier = z.enum(["username", "email", "phone"]);
const signUpSchema = z.object({
  identifiers: z.array(identifier),
  password: z.boolean(),
  verify: z.boolean(),
  secondaryIdentifiers: z
    .array(
      z.object({
        identifier: z.enum(["username", "email", "phone", "emailOrPhone"]),
        verify: z.boolean().optional(),
      }),
    )
    .optional(),
});
const methodSchema = z.object({
  identifier,
  password: z.boolean(),
  verificationCode: z.boolean(),
  isPasswordPrimary: z.boolean(),
});
const emptyAsNull = (value: unknown) => (value === "" ? null : value);
const changeSchema = z.object({
  signInMode: z.enum(["SignIn", "Register", "SignInAndRegister"]).optional(),
  signIn: z.object({ methods: z.array(methodSchema) }).optional(),
  signUp: signUpSchema.optional(),
  socialSignIn: z
    .object({
      automaticAccountLinking: z.boolean().optional(),
      skipRequiredIdentifiers: z.boolean().optional(),
    })
    .optional(),
  socialSignInConnectorTargets: z.array(z.string()).optional(),
  singleSignOnEnabled: z.boolean().optional(),
  unknownSessionRedirectUrl: z.preprocess(emptyAsNull, z.url().nullish()),
  mfa: z
    .object({
      factors: z.array(z.string()),
      policy: z.string(),
      organizationRequiredMfaPolicy: z.string().optional(),
    })
    .optional(),
  passwordPolicy: z
    .object({
      length: jsonObject.optional(),
      characterTypes: jsonObject.optional(),
      rejects: z
        .object({
          pwned: z.boolean().default(true),
          repetitionAndSequence: z.boolean().default(true),
          userInfo: z.boolean().default(true),
          words: z.array(z.string()).default([]),
        })
        .optional(),
    })
    .optional(),
  forgotPasswordMethods: z
    .array(z.enum(["EmailVerificationCode", "PhoneVerificationCode"]))
    .nullish(),
  signUpProfileFields: z.array(z.object({ name: z.string() })).nullish(),
  branding: jsonObject.optional(),
  color: jsonObject.optional(),
});
type Change = z.output<typeof changeSchema>;

/** The routes of the sign-in experience, as far as the application sets or keeps it. */
export function addSignInExperienceRoutes({ router, sql }: Api): void {
  router.get("/api/sign-in-exp", async (ctx) => {
    ctx.body = await readSignInExperience(sql);
  });

  router.patch("/api/sign-in-exp", async (ctx) => {
    const { socialSignInConnectorTargets: targets, ...change } = await readChange(
      ctx,
      changeSchema,
    );
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    refuseWhatCannotWork(change, (await findEmailConnector(sql)) !== undefined);
    // A target without a connector is dropped, as Logto does.
    const connector = await findHuggingFaceConnector(sql);
    ctx.body = await changeSignInExperience(sql, {
      ...Object.fromEntries(given),
      ...(targets && {
        socialSignInConnectorTargets: targets.filter(
          (target) => connector && target === huggingFaceConnector.target,
        ),
      }),
    });
  });
}

/**
 * Checks the new values only, not whether they fit the old ones.
 *
 * @throws ManagementError
 */
function refuseWhatCannotWork(
  { signUp, signIn, forgotPasswordMethods }: Change,
  canMail: boolean,
): void {
  const asked = signUp?.identifiers.filter((name) => name !== "username") ?? [];
  if (signUp && asked.length > 0 && !signUp.verify) {
    throw refusal("passwordless_requires_verify", verifyIsMissing);
  }
  const coded = signIn?.methods.filter(({ verificationCode }) => verificationCode) ?? [];
  const channels = new Set([...asked, ...coded.map((method) => method.identifier)]);
  if (channels.has("email") && !canMail) {
    throw refusal("enabled_connector_not_found", "Enabled Email connector not found.");
  }
  // There is no connector for text messages here.
  if (channels.has("phone")) {
    throw refusal("enabled_connector_not_found", "Enabled Sms connector not found.");
  }
  if (forgotPasswordMethods?.includes("EmailVerificationCode") && !canMail) {
    throw refusal("forgot_password_method_requires_connector", noWayToReset);
  }
}

const verifyIsMissing = "Must enable verify for email/phone sign up identifier.";
const noWayToReset =
  "Forgot password method requires a corresponding email connector to be configured.";

const refusal = (code: string, message: string) =>
  new ManagementError(400, `sign_in_experiences.${code}`, message);
