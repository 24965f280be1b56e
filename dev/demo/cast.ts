import type { Role } from "../../src/access/roles.ts";
import type { DemoPerson } from "../logto/people/demo-person.ts";
import { productSlug } from "../../src/runtime/product.ts";

export type CastMember = Omit<DemoPerson, "note"> & { roles: Record<string, Role> };

const password = `${productSlug}-demo`;

/** The people that a start prints. The first owner of a company creates it. */
export const cast: readonly (CastMember & DemoPerson)[] = [
  person("ada", "Ada Byron", "owner of Acme Robotics, viewer in Birch & Sons", {
    "Acme Robotics": "owner",
    "Birch & Sons": "viewer",
  }),
  person("bruno", "Bruno Birch", "owner of Birch & Sons, admin of Acme Robotics", {
    "Birch & Sons": "owner",
    "Acme Robotics": "admin",
  }),
  person("chidi", "Chidi Okafor", "member of Acme Robotics", { "Acme Robotics": "member" }),
  person("dana", "Dana Levi", "invited to Acme Robotics, in no organization yet", {}),
];

/** More people with the same password, so that lists have rows. */
export const colleagues: readonly CastMember[] = [
  colleague("emre", "Emre Yıldız", "viewer"),
  colleague("farah", "Farah Haddad", "member"),
  colleague("grace", "Grace Lin", "admin"),
  colleague("hanna", "Hanna Järvinen", "member"),
  colleague("ivo", "Ivo Petrov", "viewer"),
  colleague("jun", "Jun Takahashi", "member"),
];

function person(
  identifier: string,
  name: string,
  note: string,
  roles: Record<string, Role>,
): CastMember & DemoPerson {
  return { identifier, name, password, note, roles };
}

function colleague(identifier: string, name: string, role: Role): CastMember {
  return { identifier, name, password, roles: { "Acme Robotics": role } };
}
