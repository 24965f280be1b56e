import { type Piece, say, type Sentence, spaceWords, withArticle } from "./sentence.ts";

/** The parts of an event that a sentence can have. */
export type Told = {
  /** The first words of the sentence. */
  actor: Piece;
  /** The person whom the event is about. */
  target: Piece;
  /** Whether the person did it to themselves. */
  isOwn: boolean;
  /** The name of the thing that the event is about. */
  name: Piece;
  /** The details that are texts. */
  details: Readonly<Record<string, string | undefined>>;
};

type Say = (told: Told) => Sentence;

/**
 * A sentence for each kind of event, without its full stop and without its circumstances (describe-event.ts). Kinds whose verb is in
 * describe-event.ts, such as `project.created`, need none here. The kinds of a feature that was removed stay: their events are still
 * in the log.
 */
export const sentences: Readonly<Record<string, Say>> = {
  "account.deleted": ({ isOwn, details }) =>
    isOwn && details["via"] === undefined
      ? say`A member deleted their account`
      : say`The account of a member was deleted`,

  "email_domain.claimed": ({ actor, name }) => say`${actor} added the email domain ${name}`,
  "email_domain.verified": ({ actor, name }) => say`${actor} verified the email domain ${name}`,
  "email_domain.rules_changed": ({ actor, name, details: { mode, role } }) =>
    say`${actor} changed how people with an address at ${name} join${sayMode(mode)}${sayRole(role)}`,
  "email_domain.removed": ({ actor, name }) => say`${actor} removed the email domain ${name}`,

  "hugging_face.connected": ({ actor, name }) =>
    say`${actor} connected the Hugging Face organization ${name}`,
  "hugging_face.renamed": ({ actor, name }) =>
    say`${actor} updated the name of the Hugging Face organization ${name}`,
  "hugging_face.rules_changed": ({ actor, name, details }) =>
    say`${actor} changed how people from ${name} at Hugging Face join${sayMode(details["mode"])}${sayRoles(details)}`,
  "hugging_face.disconnected": ({ actor, name }) =>
    say`${actor} disconnected the Hugging Face organization ${name}`,
  "hugging_face.token_saved": ({ actor, name }) =>
    say`${actor} saved an access token for ${name} at Hugging Face`,
  "hugging_face.token_removed": ({ actor, name }) =>
    say`${actor} removed the access token for ${name} at Hugging Face`,

  "invitation.created": ({ actor, name, details: { kind, role } }) =>
    kind === "link"
      ? say`${actor} created an invite link to join${sayRole(role)}`
      : say`${actor} invited ${name}${sayRole(role)}`,
  "invitation.sent_again": ({ actor, name, details }) =>
    isLink(details)
      ? say`${actor} created the invite link again`
      : say`${actor} sent the invitation for ${name} again`,
  "invitation.revoked": ({ actor, name, details }) =>
    isLink(details)
      ? say`${actor} revoked an invite link`
      : say`${actor} revoked the invitation for ${name}`,
  "invitation.declined": ({ actor, name }) => say`${actor} declined the invitation for ${name}`,

  "join_request.made": ({ actor, details: { role } }) =>
    say`${actor} asked to join${sayRole(role)}`,
  "join_request.approved": ({ actor, target }) =>
    say`${actor} approved ${target}'s request to join`,
  "join_request.refused": ({ actor, target }) => say`${actor} declined ${target}'s request to join`,
  "join_request.withdrawn": ({ actor, target, isOwn }) =>
    isOwn
      ? say`${actor} cancelled their request to join`
      : say`${target}'s request to join was closed`,

  "logto.change_reverted": ({ actor, target, details: { reason = "" } }) =>
    reason === "deleted at Logto"
      ? say`${actor} created the organization at the sign-in service again: it was deleted there`
      : say`${actor} undid a change of ${target}'s membership at the sign-in service: ${sayRefusal(reason)}`,

  "member.joined": ({ actor, target, isOwn, details: { role } }) =>
    isOwn ? say`${actor} joined${sayRole(role)}` : say`${actor} added ${target}${sayRole(role)}`,
  "member.role_changed": ({ actor, target, isOwn, details: { from, to = "member" } }) =>
    isOwn
      ? say`${actor} became ${withArticle(to)}${sayFormer(from)}`
      : say`${actor} made ${target} ${withArticle(to)}${sayFormer(from)}`,
  "member.removed": ({ actor, target, details: { role } }) =>
    say`${actor} removed ${target}${sayFormer(role)}`,
  "member.left": ({ actor, details: { role } }) =>
    say`${actor} left the organization${sayFormer(role)}`,
  "member.suspended": ({ actor, target }) => say`${actor} suspended ${target}`,
  "member.reinstated": ({ actor, target }) => say`${actor} restored ${target}'s access`,

  "organization.picture_changed": ({ actor }) =>
    say`${actor} changed the picture of the organization`,
  "organization.picture_removed": ({ actor }) =>
    say`${actor} removed the picture of the organization`,
  "organization.created": ({ actor, name }) => say`${actor} created the organization ${name}`,
  "organization.renamed": ({ actor, details }) =>
    say`${actor} renamed the organization${sayChange(details)}`,
  "organization.address_changed": ({ actor, details }) =>
    say`${actor} changed the address of the organization${sayChange(details)}`,
  "organization.deleted": ({ actor }) => say`${actor} deleted the organization`,
  "organization.restored": ({ actor }) => say`${actor} restored the organization`,
  "organization.ownership_transferred": ({ actor, target, details: { from } }) =>
    say`${actor} transferred ownership to ${target}${sayFormer(from)}`,
  "organization.owner_missing": ({ target }) =>
    say`The account of ${target}, the owner, was deleted`,
};

const sayChange = ({ from, to }: Told["details"]) =>
  say`${from === undefined ? "" : say` from ${{ value: from }}`}${to === undefined ? "" : say` to ${{ value: to }}`}`;

const isLink = ({ kind }: Told["details"]) => kind === "link";

const sayRole = (role: string | undefined) =>
  role === undefined ? "" : ` as ${withArticle(role)}`;

const sayFormer = (role: string | undefined) =>
  role === undefined ? "" : ` (formerly ${withArticle(role)})`;

const modes: Readonly<Record<string, string>> = {
  request: "they ask, and an admin decides",
  offer: "they are offered to join",
  automatic: "they join when they sign in",
};

const sayMode = (mode: string | undefined) =>
  mode === undefined ? "" : `: ${modes[mode] ?? spaceWords(mode)}`;

/** The role that each role at Hugging Face gives. */
function sayRoles(details: Told["details"]): string {
  const given = ["admin", "write", "contributor", "read"].flatMap((theirs) => {
    const role = details[`${theirs}Role`];
    return role === undefined ? [] : [`${theirs} there is ${role} here`];
  });
  return given.length === 0 ? "" : `; ${given.join(", ")}`;
}

const refusals: Readonly<Record<string, string>> = {
  "membership.no_seat": "no seat is left",
  "membership.decided_since": "an admin has to let them in again",
  "membership.suspended_there": "they are suspended here",
  "suspended here": "they are suspended here",
  "account deleted": "their account is deleted",
};

const sayRefusal = (reason: string) => refusals[reason] ?? spaceWords(reason);
