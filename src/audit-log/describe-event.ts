import { displayName } from "../identity/display-name.ts";
import { capitalize } from "../views/capitalize.ts";
import { productName } from "../runtime/product.ts";
import type { ListedEvent } from "./read-events.ts";

/** The name of a person who has deleted their account. */
const deletedAccount = "Deleted account";

/** The name of a person in the log. */
export function namePerson({ name, isDeleted }: { name: string | null; isDeleted: boolean }) {
  return isDeleted ? deletedAccount : displayName({ name });
}

/** The name of the actor. */
export function nameActor({ actorId, actorName, isActorDeleted }: ListedEvent): string {
  if (actorId === null) return productName;
  return namePerson({ name: actorName, isDeleted: isActorDeleted });
}

/** The name of the target, if it has one; null if the target is the actor. */
export function nameTarget(event: ListedEvent): string | null {
  const { targetType, targetId, targetName, isTargetDeleted, details } = event;
  if (targetType !== "user") return typeof details["name"] === "string" ? details["name"] : null;
  if (targetId === event.actorId) return null;
  return namePerson({ name: targetName, isDeleted: isTargetDeleted });
}

/** `member.role_changed` as people read it: "Member role changed". */
export function titleAction(action: string): string {
  return capitalize(spaceWords(action));
}

/** The details of an event, in phrases: "from member to admin". */
export function describeDetails({ details, ...event }: ListedEvent): string[] {
  const { from, to, name, changes, ...others } = details;
  const rest = {
    // Otherwise nameTarget() returns it.
    ...(event.targetType !== "user" && typeof name !== "string" && name !== undefined && { name }),
    ...others,
  };
  return [
    ...describeChange({ from, to }),
    ...Object.entries(isRecord(changes) ? changes : {}).flatMap(([field, change]) =>
      describeChange(isRecord(change) ? change : {}).map((text) => `${spaceWords(field)} ${text}`),
    ),
    ...Object.entries(rest).map(([key, value]) => `${spaceWords(key)}: ${describeValue(value)}`),
  ];
}

/** One phrase, or none if there is neither value. */
function describeChange({ from, to }: Readonly<Record<string, unknown>>): string[] {
  const change = [
    from !== undefined && `from ${describeValue(from)}`,
    to !== undefined && `to ${describeValue(to)}`,
  ].filter(Boolean);
  return change.length === 0 ? [] : [change.join(" ")];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function describeValue(value: unknown): string {
  if (value === null || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `role_changed`, `audit-log.read` and `archivedAt` in words. */
function spaceWords(text: string): string {
  return text
    .replaceAll(/[-_.]+/g, " ")
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
