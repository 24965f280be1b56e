import { changeExperience, type Experience } from "./experience.ts";
import type { Step } from "./provision.ts";

const kind = "sign-in experience";

/** A button for Hugging Face, by which people arrive without being asked anything, and a way back to us. */
export async function provisionSignInExperience(
  step: Step,
  experience: Experience,
  { hasHuggingFace }: { hasHuggingFace: boolean },
): Promise<void> {
  const changes = [
    ...(hasHuggingFace ? addButton(experience) : []),
    ...skipIdentifiers(experience),
    ...leadBack(step, experience),
  ];
  for (const { text, change } of changes) await changeExperience(step, kind, text, change);
  if (changes.length === 0) step.ledger.keep(kind, "as it should be");
  for (const text of warn(experience)) step.ledger.note(kind, text);
}

function addButton({ socialSignInConnectorTargets: targets }: Experience) {
  if (targets.includes("huggingface")) return [];
  const change = { socialSignInConnectorTargets: [...targets, "huggingface"] };
  return [{ text: "button for Hugging Face: people choose it on the sign-in page", change }];
}

function skipIdentifiers({ socialSignIn }: Experience) {
  if (socialSignIn.skipRequiredIdentifiers) return [];
  const change = { socialSignIn: { ...socialSignIn, skipRequiredIdentifiers: true } };
  const text =
    "skipRequiredIdentifiers: people who come with Hugging Face arrive here, without being asked for a username first";
  return [{ text, change }];
}

function leadBack({ config, ledger }: Step, { unknownSessionRedirectUrl: present }: Experience) {
  const wanted = `${config.baseUrl}/sign-in/resume`;
  if (present === wanted) return [];
  if (present) {
    ledger.note(kind, `unknownSessionRedirectUrl is ${present}, as somebody has set it, and stays`);
    return [];
  }
  const text = `unknownSessionRedirectUrl ${wanted}: a sign-in page that is out of date leads back here`;
  return [{ text, change: { unknownSessionRedirectUrl: wanted } }];
}

function warn({ socialSignIn, signInMode, mfa }: Experience): string[] {
  return [
    ...(socialSignIn.automaticAccountLinking
      ? [
          "automatic account linking is on: whoever claims an e-mail address at Hugging Face gets into the account of it. Switch it off",
        ]
      : []),
    ...(signInMode === "SignIn"
      ? ["only sign-in is open, as somebody has set it: nobody new can accept an invitation"]
      : []),
    ...(signInMode === "Register"
      ? ["only registration is open, as somebody has set it: nobody who has an account can sign in"]
      : []),
    ...(mfa.factors.length > 0 && mfa.policy === "UserControlled"
      ? [
          "everybody is asked about a second factor at sign-in, as somebody has set it; with the policy NoPrompt people add one on their account pages",
        ]
      : []),
  ];
}
