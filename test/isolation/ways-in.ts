import { createSealers } from "../../src/hugging-face/authorization.ts";
import type { RunningApplication } from "../support/application.ts";
import {
  connectHuggingFace,
  inventSubject,
  linkHuggingFace,
  placeAt,
} from "../support/hugging-face.ts";
import type { Place } from "./sample-request.ts";

/**
 * What a route outside of organizations is about that lets somebody into one by where they work, by the names of its
 * parameters: a guest into the place, and its owner into another one.
 */
export async function openWayIn(
  application: RunningApplication,
  { organization, owner, guest }: Place,
): Promise<Record<string, string>> {
  const another = async () => application.createOrganization(await application.createPerson());
  const entered = guest ? organization : await another();
  const subject = await connectHuggingFace(application, entered);
  await linkHuggingFace(application, guest ?? owner, [placeAt(subject)]);
  return { organizationId: entered.id, subject };
}

/** As if Hugging Face had just said that the owner of the place is an admin there. */
export function sealChoice(
  { config }: RunningApplication,
  { organization, owner }: Place,
): Promise<string> {
  const { choices } = createSealers(config.sessions.secrets);
  const started = { organizationId: organization.id, userId: owner.id };
  const chosen = { subject: inventSubject(), handle: "orbital-works", name: "Orbital Works" };
  return choices.seal({ ...started, ...chosen });
}
