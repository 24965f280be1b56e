import type { Role } from "../../src/access/roles.ts";
import type { Agent, Person, RunningApplication } from "./application.ts";

export type Colleague = { person: Person; agent: Agent };

type Proof = { authenticationAge: number };

/** A new person who is signed in. By default, the time of their last proof of identity is unknown. */
export async function arrive(application: RunningApplication, proof?: Proof): Promise<Colleague> {
  const person = await application.createPerson();
  return { person, agent: await application.signInAs(person, proof) };
}

/** An organization with one person of each role, and an outsider who owns another one. */
export async function assembleColleagues(
  application: RunningApplication,
  { name, proof }: { name?: string | undefined; proof?: Proof } = {},
) {
  const owner = await arrive(application, proof);
  const organization = await application.createOrganization(owner.person, name);
  const join = async (role: Role): Promise<Colleague> => {
    const colleague = await arrive(application, proof);
    await application.addMember(organization, colleague.person, role);
    return colleague;
  };
  const [admin, member, viewer] = [await join("admin"), await join("member"), await join("viewer")];
  const outsider = await arrive(application, proof);
  const foreign = await application.createOrganization(outsider.person);
  return {
    organization,
    people: { owner, admin, member, viewer } satisfies Record<Role, Colleague>,
    join,
    outsider,
    foreign,
  };
}
