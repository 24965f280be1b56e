import { provisionAccountPages } from "./account-pages.ts";
import { listConnectors, provisionConnector } from "./connector.ts";
import { readExperience } from "./experience.ts";
import type { Step } from "./provision.ts";
import { provisionSignInExperience } from "./sign-in-experience.ts";
import { provisionSignUp } from "./sign-up.ts";
import { provisionSingleSignOn } from "./single-sign-on.ts";

/**
 * How people sign in, as far as our journeys need it, a setting at a time. What somebody has set themselves stays; where
 * that stops a journey, it is said.
 *
 * @param appId the application that people sign in through; undefined where a dry run would have made it
 */
export async function provisionSignIn(step: Step, appId: string | undefined): Promise<void> {
  await provisionConnector(step);
  const connectors = await listConnectors(step);
  const experience = await readExperience(step.api);
  await provisionSignInExperience(step, experience, {
    // A dry run has not made the connector that the button would be for.
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
