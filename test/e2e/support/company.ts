import type { Role } from "../../../src/access/roles.ts";
import type { Organization, Person, RunningApplication } from "../../support/application.ts";

const longName =
  "Maria Aurelia Wilhelmina Theodora Donaudampfschifffahrtsgesellschaftskapitänin von Hohenstein";

/** The members besides the owner: more than one page of them, and one with a long name. */
const colleagues: readonly [name: string, role: Role][] = [
  ["Ada Byron", "admin"],
  [longName, "member"],
  ["Chidi Anagonye", "member"],
  ["Ines Duarte", "viewer"],
  ...Array.from({ length: 18 }, (_none, index): [string, Role] => [
    `Colleague ${String.fromCodePoint(65 + index)}`,
    index % 3 === 0 ? "viewer" : "member",
  ]),
];

/** An organization with an owner and two pages of members, by name. */
export async function foundCompany(
  application: RunningApplication,
  name: string,
): Promise<{ organization: Organization; owner: Person; find(person: string): Person }> {
  const owner = await application.createPerson("Olivia Okafor");
  const organization = await application.createOrganization(owner, name);
  const people = new Map([[owner.name, owner]]);
  for (const [colleague, role] of colleagues) {
    const person = await application.createPerson(colleague);
    people.set(colleague, person);
    await application.addMember(organization, person, role);
  }
  return {
    organization,
    owner,
    find(wanted) {
      const person = people.get(wanted);
      if (!person) throw new Error(`${wanted} does not work at ${name}.`);
      return person;
    },
  };
}
