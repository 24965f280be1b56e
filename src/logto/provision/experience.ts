import { z } from "zod";

import type { ManagementApi } from "../client/management-api.ts";
import type { Step } from "./step.ts";

const identifier = z.enum(["username", "email", "phone"]);
const method = z.object({
  identifier,
  password: z.boolean(),
  verificationCode: z.boolean(),
  isPasswordPrimary: z.boolean(),
});
// Loose where it is written back whole.
const experienceAnswer = z.object({
  signInMode: z.string(),
  signIn: z.object({ methods: z.array(method) }),
  signUp: z.object({
    identifiers: z.array(identifier),
    password: z.boolean(),
    verify: z.boolean(),
    secondaryIdentifiers: z
      .array(z.object({ identifier: z.string(), verify: z.boolean().optional() }))
      .optional(),
  }),
  socialSignIn: z.looseObject({
    automaticAccountLinking: z.boolean().exactOptional(),
    skipRequiredIdentifiers: z.boolean().exactOptional(),
  }),
  socialSignInConnectorTargets: z.array(z.string()),
  mfa: z.object({
    factors: z.array(z.string()),
    policy: z.string(),
    organizationRequiredMfaPolicy: z.enum(["NoPrompt", "Mandatory"]).exactOptional(),
  }),
  singleSignOnEnabled: z.boolean(),
  unknownSessionRedirectUrl: z.string().nullable(),
  signUpProfileFields: z.array(z.object({ name: z.string() })).nullish(),
});

/** Logto's settings of how people sign in: its "sign-in experience". */
export type Experience = z.output<typeof experienceAnswer>;

export function readExperience(api: ManagementApi): Promise<Experience> {
  return api.read(experienceAnswer, (client) => client.GET("/api/sign-in-exp"));
}

export type ExperienceChange = {
  signIn?: { methods: z.output<typeof method>[] };
  signUp?: { identifiers: z.output<typeof identifier>[]; password: boolean; verify: boolean };
  socialSignIn?: Experience["socialSignIn"];
  socialSignInConnectorTargets?: string[];
  mfa?: Pick<Experience["mfa"], "organizationRequiredMfaPolicy"> & {
    factors: ("Totp" | "BackupCode")[];
    policy: "NoPrompt";
  };
  singleSignOnEnabled?: boolean;
  unknownSessionRedirectUrl?: string;
  signUpProfileFields?: { name: string }[];
};

/** Replaces the given members, each as a whole; the others stay. */
export function sendExperience(api: ManagementApi, body: ExperienceChange): Promise<void> {
  return api.send((client) => client.PATCH("/api/sign-in-exp", { body }));
}

/** Does the same as a change of the ledger. */
export async function changeExperience(
  { api, ledger }: Step,
  kind: string,
  text: string,
  change: ExperienceChange,
): Promise<void> {
  await ledger.update(kind, text, () => sendExperience(api, change));
}
