import { isDeepStrictEqual } from "node:util";

import { z } from "zod";

import { productSlug } from "../../runtime/product.ts";
import { unlessMissing } from "../client/logto-error.ts";
import type { ManagementApi } from "../client/management-api.ts";
import { type Experience, sendExperience } from "./experience.ts";
import type { Step } from "./step.ts";

const kind = "sign-up";

const byUsername = {
  identifier: "username" as const,
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
};
const byEmail = { ...byUsername, identifier: "email" as const, verificationCode: true };

/** As in a fresh Logto: as far as we can see, nobody has chosen it. */
const freshSignUp = { identifiers: ["username"], password: true, verify: false };
const verifiedEmail = { identifiers: ["email" as const], password: true, verify: true };

/**
 * Switches sign-up to email addresses with a code, so that people can accept invitations sent to theirs. It does so where
 * Logto can send mail, and nobody has chosen otherwise.
 *
 * @param appId the application that remembers that this was done
 */
export async function provisionSignUp(
  step: Step,
  experience: Experience,
  { canMail, appId }: { canMail: boolean; appId: string | undefined },
): Promise<void> {
  const { api, ledger } = step;
  if (canMail && isFresh(experience) && !(await wasSignUpSwitched(api, appId))) {
    const text =
      "by email address with a code; sign-in by either: people who are invited by email prove their address. People with a username alone are asked for an address at their next sign-in";
    await ledger.update(kind, text, async () => {
      await sendExperience(api, byVerifiedEmail(experience));
      await rememberSignUp(api, appId);
    });
    return;
  }
  ledger.keep(kind, `by ${experience.signUp.identifiers.join(" and ") || "no form"}`);
  for (const obstacle of findObstacles(experience, canMail)) ledger.note(kind, obstacle);
}

function isFresh({ signInMode, signUp, signIn }: Experience): boolean {
  const { secondaryIdentifiers = [], ...primary } = signUp;
  return (
    signInMode === "SignInAndRegister" &&
    secondaryIdentifiers.length === 0 &&
    isDeepStrictEqual(primary, freshSignUp) &&
    signIn.methods.some((method) => isDeepStrictEqual(method, byUsername))
  );
}

/** Keeps every way to sign in: people with a username sign in as before. */
function byVerifiedEmail({ signIn: { methods } }: Experience) {
  const hasEmail = methods.some(({ identifier }) => identifier === "email");
  return {
    signUp: verifiedEmail,
    ...(!hasEmail && { signIn: { methods: [byEmail, ...methods] } }),
  };
}

/** Says what stops people from signing up, from signing in again, or from proving the address of their invitation. */
function findObstacles({ signIn, signUp }: Experience, canMail: boolean): string[] {
  const { identifiers, secondaryIdentifiers = [], verify } = signUp;
  const asked = [
    ...identifiers.map((identifier) => ({ identifier, verify })),
    ...secondaryIdentifiers,
  ];
  const emails = asked.filter(({ identifier }) => identifier.startsWith("email"));
  const isUnverified = emails.length > 0 && !emails.every((email) => email.verify);
  const others = "invite them by a link or by their name at Hugging Face";
  const obstacles: [isSo: boolean, text: string][] = [
    [
      !canMail && emails.length > 0,
      "asks for an email address, and there is no mail connector for the code: nobody new can sign up. Add one (Console, Connectors, Email)",
    ],
    [
      !canMail && emails.length === 0,
      `there is no mail connector: people who are invited by email cannot prove their address here. Add one (Console, Connectors, Email) and run this again, or ${others}`,
    ],
    [
      canMail && emails.length === 0,
      `does not ask for an email address, as someone has set it: people who are invited by email cannot prove theirs. Add "Email address" with verification (Console, sign-in experience), or ${others}`,
    ],
    [
      canMail && isUnverified,
      "takes an email address without a code, as someone has set it: people can claim an address of someone else. Switch verification on (Console, sign-in experience)",
    ],
    ...identifiers.map((wanted): [boolean, string] => [
      !signIn.methods.some(({ identifier }) => identifier === wanted),
      `people sign up by ${wanted}, and cannot sign in by it, as someone has set it. Add it to the ways to sign in (Console, sign-in experience)`,
    ]),
  ];
  return obstacles.flatMap(([isSo, text]) => (isSo ? [text] : []));
}

const marked = z.object({
  customData: z.looseObject({
    [productSlug]: z.looseObject({ signUp: z.string().optional() }).optional(),
  }),
});

/** Whether an earlier run switched sign-up to email. If it is again as in a fresh Logto, an operator has chosen that. */
async function wasSignUpSwitched(api: ManagementApi, id: string | undefined): Promise<boolean> {
  const customData = id === undefined ? null : await unlessMissing(readCustomData(api, id));
  return customData?.[productSlug]?.signUp === "email";
}

async function rememberSignUp(api: ManagementApi, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  const present = await readCustomData(api, id);
  const customData = { ...present, [productSlug]: { ...present[productSlug], signUp: "email" } };
  await api.send((client) =>
    client.PATCH("/api/applications/{id}", { params: { path: { id } }, body: { customData } }),
  );
}

async function readCustomData(api: ManagementApi, id: string) {
  const { customData } = await api.read(marked, (client) =>
    client.GET("/api/applications/{id}", { params: { path: { id } } }),
  );
  return customData;
}
