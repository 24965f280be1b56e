import { z } from "zod";

import { provisionAccountPages } from "./account-pages.ts";
import { listConnectors, provisionConnector } from "./connector.ts";
import { changeExperience, type Experience, readExperience } from "./experience.ts";
import { provisionSignUp } from "./sign-up.ts";
import type { Step } from "./step.ts";

/**
 * Sets up how people sign in, a setting at a time. What an operator has set stays; the ledger says where that stops people.
 *
 * @param appId the application that people sign in through; undefined where a dry run would have created it
 */
export async function provisionSignIn(step: Step, appId: string | undefined): Promise<void> {
  await provisionConnector(step);
  const connectors = await listConnectors(step);
  const experience = await readExperience(step.api);
  await provisionSignInExperience(step, experience, {
    // A dry run has not created the connector of the button.
    hasHuggingFace:
      step.config.huggingFace !== null || connectors.some(({ target }) => target === "huggingface"),
  });
  await provisionSignUp(step, experience, {
    canMail: connectors.some(({ type }) => type === "Email"),
    appId,
  });
  await provisionSingleSignOn(step, experience);
  await provisionAccountPages(step, experience);
}

const experienceKind = "sign-in experience";

/** Adds a button for Hugging Face that asks for nothing more, and an address for sign-in pages that have expired. */
async function provisionSignInExperience(
  step: Step,
  experience: Experience,
  { hasHuggingFace }: { hasHuggingFace: boolean },
): Promise<void> {
  const changes = [
    ...(hasHuggingFace ? addButton(experience) : []),
    ...skipIdentifiers(experience),
    ...leadBack(step, experience),
  ];
  for (const { text, change } of changes)
    await changeExperience(step, experienceKind, text, change);
  if (changes.length === 0) step.ledger.keep(experienceKind, "as it should be");
  for (const text of warn(experience)) step.ledger.note(experienceKind, text);
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
    ledger.note(
      experienceKind,
      `unknownSessionRedirectUrl is ${present}, as somebody has set it, and stays`,
    );
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

const enterpriseConnector = z.object({ config: z.record(z.string(), z.unknown()) });

const enterpriseKind = "single sign-on";

/** Switches single sign-on on where there is an enterprise connector; without one its button would lead nowhere. */
async function provisionSingleSignOn(step: Step, experience: Experience): Promise<void> {
  const { api, ledger } = step;
  if (experience.singleSignOnEnabled) return ledger.keep(enterpriseKind, "on");
  const connectors = await api.read(z.array(enterpriseConnector), (client) =>
    client.GET("/api/sso-connectors"),
  );
  // An unfinished connector has no settings yet.
  if (connectors.every(({ config }) => Object.keys(config).length === 0)) {
    return ledger.keep(enterpriseKind, "off: run this again when there is an enterprise connector");
  }
  await changeExperience(
    step,
    enterpriseKind,
    "on: without it no enterprise connector lets anybody in",
    {
      singleSignOnEnabled: true,
    },
  );
}
