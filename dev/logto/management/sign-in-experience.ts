import type { Router } from "@koa/router";
import { z } from "zod";
import { findHuggingFaceConnector, huggingFaceConnector } from "../connectors.ts";
import type { Database } from "../database.ts";
import { changeSignInExperience, readSignInExperience } from "../sign-in-experience.ts";
import { emptyChange } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";

const identifier = z.enum(["username", "email", "phone"]);
const changeSchema = z.object({
  signInMode: z.enum(["SignIn", "Register", "SignInAndRegister"]).optional(),
  signIn: z
    .object({
      methods: z.array(
        z.object({
          identifier,
          password: z.boolean(),
          verificationCode: z.boolean(),
          isPasswordPrimary: z.boolean(),
        }),
      ),
    })
    .optional(),
  signUp: z
    .looseObject({
      identifiers: z.array(identifier),
      password: z.boolean(),
      verify: z.boolean(),
    })
    .optional(),
  socialSignIn: z
    .object({
      automaticAccountLinking: z.boolean().optional(),
      skipRequiredIdentifiers: z.boolean().optional(),
    })
    .optional(),
  singleSignOnEnabled: z.boolean().optional(),
  unknownSessionRedirectUrl: z.string().nullish(),
  mfa: z.object({ factors: z.array(z.string()), policy: z.string() }).optional(),
  socialSignInConnectorTargets: z.array(z.string()).optional(),
  branding: jsonObject.optional(),
  color: jsonObject.optional(),
});

/** How people sign in, as far as the application sets or keeps it. */
export function addSignInExperienceRoutes(router: Router, sql: Database): void {
  router.get("/api/sign-in-exp", async (ctx) => {
    ctx.body = await readSignInExperience(sql);
  });

  router.patch("/api/sign-in-exp", async (ctx) => {
    const { socialSignInConnectorTargets: targets, ...change } = await readInput(ctx, changeSchema);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    if (given.length === 0 && targets === undefined) throw emptyChange();
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
