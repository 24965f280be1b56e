import { z } from "zod";

import { changeExperience, type Experience } from "./experience.ts";
import type { Step } from "./provision.ts";

const connectorAnswer = z.object({ config: z.record(z.string(), z.unknown()) });

const kind = "single sign-on";

/** On where there is an enterprise connector, which does nothing otherwise; off where its button would lead nowhere. */
export async function provisionSingleSignOn(step: Step, experience: Experience): Promise<void> {
  const { api, ledger } = step;
  if (experience.singleSignOnEnabled) return ledger.keep(kind, "on");
  const connectors = await api.read(z.array(connectorAnswer), (client) =>
    client.GET("/api/sso-connectors"),
  );
  // One that is half made has no settings yet.
  if (connectors.every(({ config }) => Object.keys(config).length === 0)) {
    return ledger.keep(kind, "off: run this again when there is an enterprise connector");
  }
  await changeExperience(step, kind, "on: without it no enterprise connector lets anybody in", {
    singleSignOnEnabled: true,
  });
}
