import { z } from "zod";

import { findConnector } from "./connector.ts";
import type { Step } from "./provision.ts";

const method = z.object({
  identifier: z.enum(["username", "email", "phone"]),
  password: z.boolean(),
  verificationCode: z.boolean(),
  isPasswordPrimary: z.boolean(),
});
const experienceAnswer = z.object({
  signIn: z.object({ methods: z.array(method) }),
  signUp: z.looseObject({ identifiers: z.array(z.string()), password: z.boolean() }),
  socialSignIn: z.object({ automaticAccountLinking: z.boolean().optional() }),
  socialSignInConnectorTargets: z.array(z.string()),
});
type Experience = z.output<typeof experienceAnswer>;

const kind = "sign-in experience";

/**
 * A button for Hugging Face, and accounts by username: somebody without an e-mail address can have one. Nothing else of
 * how people sign in is ours.
 */
export async function provisionSignInExperience(step: Step): Promise<void> {
  const { api, ledger } = step;
  const present = await api.read(experienceAnswer, (client) => client.GET("/api/sign-in-exp"));
  const connector = await findConnector(step);
  // A dry run has not made the connector that the button would be for.
  const willHaveConnector = connector !== undefined || step.config.huggingFace !== null;
  const button = willHaveConnector ? addButton(present) : {};
  const signUp = allowUsernames(present);
  const differences = [
    ...("socialSignInConnectorTargets" in button ? ["button for Hugging Face"] : []),
    ...("signUp" in signUp ? ["sign-up by username"] : []),
  ];
  if (present.socialSignIn.automaticAccountLinking) {
    ledger.note(
      kind,
      "automatic account linking is on: whoever claims an e-mail address at Hugging Face gets into the account of it. Switch it off",
    );
  }
  if (differences.length === 0) return ledger.keep(kind, "as it should be");
  await ledger.update(kind, differences.join(", "), () =>
    api.send((client) => client.PATCH("/api/sign-in-exp", { body: { ...button, ...signUp } })),
  );
}

function addButton({ socialSignInConnectorTargets: targets }: Experience) {
  if (targets.includes("huggingface")) return {};
  return { socialSignInConnectorTargets: [...targets, "huggingface"] };
}

function allowUsernames({ signIn, signUp }: Experience) {
  if (signUp.identifiers.join() === "username" && signUp.password) return {};
  const isMethod = signIn.methods.some(
    ({ identifier, password }) => identifier === "username" && password,
  );
  const others = signIn.methods.filter(({ identifier }) => identifier !== "username");
  return {
    signUp: { ...signUp, identifiers: ["username" as const], password: true, verify: false },
    // Logto wants that people can sign in with what they sign up with.
    ...(!isMethod && { signIn: { methods: [...others, byUsername] } }),
  };
}

const byUsername = {
  identifier: "username" as const,
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
};
