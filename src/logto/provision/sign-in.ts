import { z } from "zod";

import { provisionAccountPages } from "./account-pages.ts";
import { listConnectors, provisionConnector } from "./connector.ts";
import {
  changeExperience,
  type Experience,
  type ExperienceChange,
  readExperience,
} from "./experience.ts";
import { provisionSignUp } from "./sign-up.ts";
import type { Step } from "./step.ts";

/**
 * Sets up how people sign in, a setting at a time. An operator's settings stay; the ledger says where they stop people.
 *
 * @param appId the application that people sign in through; undefined if a dry run would have created it
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
  const { ledger, config } = step;
  const { socialSignInConnectorTargets: targets, socialSignIn, signInMode, mfa } = experience;
  const present = experience.unknownSessionRedirectUrl;
  const resume = `${config.baseUrl}/sign-in/resume`;
  const changes: [isMissing: boolean, text: string, change: ExperienceChange][] = [
    [
      hasHuggingFace && !targets.includes("huggingface"),
      "button for Hugging Face: people choose it on the sign-in page",
      { socialSignInConnectorTargets: [...targets, "huggingface"] },
    ],
    [
      !socialSignIn.skipRequiredIdentifiers,
      "skipRequiredIdentifiers: people who come with Hugging Face arrive here, without being asked for a username first",
      { socialSignIn: { ...socialSignIn, skipRequiredIdentifiers: true } },
    ],
    [
      !present,
      `unknownSessionRedirectUrl ${resume}: a sign-in page that is out of date leads back here`,
      { unknownSessionRedirectUrl: resume },
    ],
  ];
  const warnings: [isSo: boolean, text: string][] = [
    [
      Boolean(present) && present !== resume,
      `unknownSessionRedirectUrl is ${present}, as someone has set it, and stays`,
    ],
    [
      socialSignIn.automaticAccountLinking ?? false,
      "automatic account linking is on: whoever claims an email address at Hugging Face gets into the account of it. Switch it off",
    ],
    [
      signInMode === "SignIn",
      "only sign-in is open, as someone has set it: nobody new can accept an invitation",
    ],
    [
      signInMode === "Register",
      "only registration is open, as someone has set it: nobody who has an account can sign in",
    ],
    [
      mfa.factors.length > 0 && mfa.policy === "UserControlled",
      "everybody is asked about a second factor at sign-in, as someone has set it; with the policy NoPrompt people add one on their account pages",
    ],
  ];
  const missing = changes.filter(([isMissing]) => isMissing);
  for (const [, text, change] of missing) {
    await changeExperience(step, experienceKind, text, change);
  }
  if (missing.length === 0) ledger.keep(experienceKind, "as it should be");
  for (const [isSo, text] of warnings) if (isSo) ledger.note(experienceKind, text);
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
