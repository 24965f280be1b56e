import { cleanName } from "../http/visible-text.ts";
import { displayName } from "../identity/display-name.ts";
import { capitalize } from "../views/capitalize.ts";
import { formatDate } from "../views/date-text.tsx";
import { productName } from "../runtime/product.ts";
import type { ListedEvent } from "./read-events.ts";
import { say, type Sentence, spaceWords } from "./sentence.ts";
import { sentences, type Told } from "./sentences.ts";

/** An event, as far as its sentence tells it. */
export type ToldEvent = Pick<
  ListedEvent,
  | "action"
  | "actorId"
  | "actorName"
  | "isActorDeleted"
  | "targetType"
  | "targetId"
  | "targetName"
  | "isTargetDeleted"
  | "details"
>;

/** The name of a person who has deleted their account. */
const deletedAccount = "Deleted account";

/** The name of a person in the log. */
export function namePerson({ name, isDeleted }: { name: string | null; isDeleted: boolean }) {
  return isDeleted ? deletedAccount : displayName({ name });
}

/** The name of the actor. */
export function nameActor({ actorId, actorName, isActorDeleted }: ToldEvent): string {
  if (actorId === null) return productName;
  return namePerson({ name: actorName, isDeleted: isActorDeleted });
}

/** The name of the target, if it has one; null if the target is the actor. */
export function nameTarget(event: ToldEvent): string | null {
  const { targetType, targetId, targetName, isTargetDeleted, details } = event;
  if (targetType !== "user") return typeof details["name"] === "string" ? details["name"] : null;
  if (targetId === event.actorId) return null;
  return namePerson({ name: targetName, isDeleted: isTargetDeleted });
}

/** `member.role_changed` as people read it: "Member role changed". */
export function titleAction(action: string): string {
  return capitalize(
    spaceWords(action)
      .replace(/^hugging face/, "Hugging Face")
      .replace(/^logto/, "sign-in service"),
  );
}

/** Tells an event in a sentence, whatever its kind. */
export function describeEvent(event: ToldEvent): Sentence {
  const told = tellOf(event);
  const known = sentences[event.action]?.(told) ?? sayOfThing(event, told);
  const sentence = known
    ? say`${known}${sayCircumstances(event.action, told.details)}.`
    : sayUnknown(event, told.actor);
  const [first, ...rest] = sentence;
  return typeof first === "string" ? [capitalize(first), ...rest] : sentence;
}

function tellOf(event: ToldEvent): Told {
  const { actorId, targetId, targetType, isActorDeleted, isTargetDeleted, details } = event;
  const texts = Object.entries(details).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const target = namePerson({ name: event.targetName, isDeleted: isTargetDeleted });
  return {
    actor: isActorDeleted ? "a deleted account" : { name: nameActor(event) },
    target: isTargetDeleted ? "a deleted account" : { name: target },
    isOwn: targetType !== "user" || targetId === actorId,
    name: { name: (typeof details["name"] === "string" && cleanName(details["name"])) || "" },
    details: Object.fromEntries(texts),
  };
}

/** Verbs that read the same for every kind of thing. */
export const thingVerbs = ["created", "changed", "archived", "restored", "deleted"] as const;

const ofThing = new RegExp(String.raw`^(?<noun>.+)\.(?<verb>${thingVerbs.join("|")})$`);

function sayOfThing(event: ToldEvent, { actor, name }: Told): Sentence | null {
  const { noun, verb } = ofThing.exec(event.action)?.groups ?? {};
  if (noun === undefined || verb === undefined || event.targetType === "user") return null;
  const changes = listChanges(event.details["changes"]);
  return say`${actor} ${verb} the ${spaceWords(noun)} ${name}${changes.length > 0 ? ": " : ""}${joinWithCommas(changes)}`;
}

/** How it came about. */
function sayCircumstances(action: string, details: Told["details"]): Sentence {
  const { via, invited, domain, organization, reason, client } = details;
  const found = [
    invited !== undefined && say`with the invitation for ${{ value: invited }}`,
    domain !== undefined && say`with an address at ${{ value: domain }}`,
    organization !== undefined && say`through ${{ value: organization }} at Hugging Face`,
    [invited, domain, organization].every((each) => each === undefined) && sayOrigin(action, via),
    reason === "outdated by a decision about the person" &&
      say`because of a newer decision about the person`,
    client !== undefined && say`through the application ${{ value: client }}`,
  ];
  return found.flatMap((each) => (each ? say` ${each}` : []));
}

/** The words for each `via`, some for one kind of event only. */
const origins: Readonly<Record<string, string>> = {
  link: "with an invite link",
  invitation: "with an invitation for another account",
  email_domain: "through an email domain",
  hugging_face: "through Hugging Face",
  "member.suspended hugging_face":
    "because a connected Hugging Face organization no longer lists them",
  logto: "at the sign-in service",
};

function sayOrigin(action: string, via = ""): Sentence | null {
  const origin = origins[`${action} ${via}`] ?? origins[via];
  return origin === undefined ? null : [origin];
}

/** An event without a sentence of its own: its parts, in words. */
function sayUnknown(event: ToldEvent, actor: Told["actor"]): Sentence {
  const target = nameTarget(event);
  const phrases = joinWithCommas([
    ...(target === null ? [] : [say`${{ name: target }}`]),
    ...listPhrases(event),
  ]);
  const title = titleAction(event.action);
  return say`${actor}: ${title}${phrases.length > 0 ? " – " : ""}${phrases}.`;
}

function listPhrases({ details, targetType }: ToldEvent): Sentence[] {
  const { from, to, name, changes, ...others } = details;
  const rest = {
    // Otherwise nameTarget() returns it.
    ...(targetType !== "user" && typeof name !== "string" && name !== undefined && { name }),
    ...others,
  };
  const change = sayChange({ from, to });
  return [
    ...(change ? [change] : []),
    ...listChanges(changes),
    ...Object.entries(rest).map(([key, value]) => say`${spaceWords(key)}: ${writeValue(value)}`),
  ];
}

/** "the due date from January 31, 2030 to none", for each changed field. */
function listChanges(changes: unknown): Sentence[] {
  return Object.entries(isRecord(changes) ? changes : {}).flatMap(([field, change]) => {
    const phrase = isRecord(change) && sayChange(change);
    return phrase ? [say`${nameField(field)} ${phrase}`] : [];
  });
}

const nameField = (field: string) => `the ${spaceWords(field)}`.replace(/^the is /, "");

/** Null if there is neither value. */
function sayChange({ from, to }: Readonly<Record<string, unknown>>): Sentence | null {
  if (from === undefined && to === undefined) return null;
  const before = isEmpty(from) ? null : say`from ${writeValue(from)} `;
  return say`${before}to ${isEmpty(to) ? "none" : writeValue(to)}`;
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

function joinWithCommas(phrases: readonly Sentence[]): Sentence {
  return phrases.flatMap((phrase, index) => (index === 0 ? phrase : say`, ${phrase}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function writeValue(value: unknown) {
  if (value === null || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "string") return { value: JSON.stringify(value) };
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
  return { value: isDay ? formatDate(new Date(value)) : value };
}
