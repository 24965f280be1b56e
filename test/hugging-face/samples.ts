import { createSealers } from "../../src/hugging-face/authorization.ts";
import type { RunningApplication } from "../support/application.ts";
import {
  connectHuggingFace,
  inventSubject,
  linkHuggingFace,
  placeAt,
} from "../support/hugging-face.ts";
import type { Place } from "../isolation/sample-request.ts";

/** Connects a place to a Hugging Face organization that its guest works in. @returns its subject */
export async function openWayIn(
  application: RunningApplication,
  { organization, owner, guest }: Place,
): Promise<string> {
  const subject = await connectHuggingFace(application, organization);
  await linkHuggingFace(application, guest ?? owner, [placeAt(subject)]);
  return subject;
}

/** Seals a choice, as if Hugging Face had just named the owner of the place an admin there. */
export function sealChoice(
  { config }: RunningApplication,
  { organization, owner }: Place,
): Promise<string> {
  const { choices } = createSealers(config.sessions.secrets);
  const started = { organizationId: organization.id, userId: owner.id };
  const chosen = { subject: inventSubject(), handle: "orbital-works", name: "Orbital Works" };
  return choices.seal({ ...started, ...chosen });
}
