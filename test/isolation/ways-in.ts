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
 * What a route outside of organizations is about that lets somebody into one: another organization, that has a way in
 * for the owner of the place; by the names of its parameters.
 */
export async function openWayIn(
  application: RunningApplication,
  { owner }: Place,
): Promise<Record<string, string>> {
  const organization = await application.createOrganization(await application.createPerson());
  const subject = await connectHuggingFace(application, organization);
  await linkHuggingFace(application, owner, [placeAt(subject)]);
  return { organizationId: organization.id, subject };
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
