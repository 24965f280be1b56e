import {
  hasPermission,
  isOfDeleted,
  type Permission,
  type Role,
  roles,
} from "../../src/access/roles.ts";

/** An organization, as far as these rules go: the whole database in a few lines. */
export type Model = {
  name: string;
  isDeleted: boolean;
  members: Map<number, { role: Role; isSuspended: boolean }>;
  /** The number of changes in the audit log. */
  events: number;
};

/** An act of a person in an organization, perhaps on another; people are numbers. */
export type Act = { actor: number; target: number } & (
  | { kind: "changeRole"; role: Role }
  | { kind: "remove" | "leave" | "suspend" | "reinstate" | "transfer" | "delete" | "restore" }
  | { kind: "rename"; name: string }
);

const needed: Record<Act["kind"], Permission> = {
  changeRole: "member:update",
  remove: "member:remove",
  leave: "organization:leave",
  suspend: "member:suspend",
  reinstate: "member:suspend",
  transfer: "organization:transfer",
  rename: "organization:update",
  delete: "organization:delete",
  restore: "organization:restore",
};

const isAbove = (one: Role, other: Role) => roles.indexOf(one) < roles.indexOf(other);

/** The owners who can act; an organization must always have one. */
export const listActiveOwners = ({ members }: Model) =>
  [...members]
    .filter(([, { role, isSuspended }]) => role === "owner" && !isSuspended)
    .map(([who]) => who);

/**
 * The expected outcome of an act: the model after it (the same one if nothing changes), or the code of the refusal. It is
 * written from the rules, not from the code.
 */
export function foresee(model: Model, act: Act): Model | string {
  const permission = needed[act.kind];
  const actor = model.members.get(act.actor);
  if (!actor || actor.isSuspended || model.isDeleted !== isOfDeleted(permission))
    return "request.not_found";
  if (!hasPermission(actor.role, permission)) return "request.not_permitted";

  const after: Model = { ...model, members: new Map(model.members), events: model.events + 1 };
  const isLastOwner = (who: number) => listActiveOwners(model).every((owner) => owner === who);
  if (act.kind === "rename") return act.name === model.name ? model : { ...after, name: act.name };
  if (act.kind === "delete") return { ...after, isDeleted: true };
  if (act.kind === "restore") return { ...after, isDeleted: false };
  if (act.kind === "leave") {
    if (actor.role === "owner" && isLastOwner(act.actor)) return "member.last_owner";
    after.members.delete(act.actor);
    return after;
  }

  const isSelf = act.actor === act.target;
  if (act.kind === "transfer" && isSelf) return "ownership.already_yours";
  const target = model.members.get(act.target);
  if (!target) return "request.not_found";
  if (act.kind === "transfer") {
    if (target.isSuspended) return "ownership.successor_suspended";
    after.members.set(act.target, { ...target, role: "owner" });
    after.members.set(act.actor, { ...actor, role: "admin" });
    return after;
  }

  if (act.kind === "changeRole" && isAbove(act.role, actor.role)) return "member.role_above_own";
  if (act.kind !== "changeRole" && isSelf) return "member.yourself";
  if (target.role === "owner" && actor.role !== "owner") return "member.owner_untouchable";
  if (act.kind === "changeRole") {
    if (target.role === act.role) return model;
    if (target.role === "owner" && isLastOwner(act.target)) return "member.last_owner";
    after.members.set(act.target, { ...target, role: act.role });
  } else if (act.kind === "remove") {
    after.members.delete(act.target);
  } else {
    const isSuspended = act.kind === "suspend";
    if (target.isSuspended === isSuspended) return model;
    after.members.set(act.target, { ...target, isSuspended });
  }
  return after;
}
