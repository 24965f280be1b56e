import {
  analytical,
  type Membership,
  orbitalWorks,
  people as cast,
  type Person,
} from "./people.ts";

/** The changeable facts of a membership. */
export type MembershipChange = Partial<
  Pick<Membership, "roleInOrg" | "pendingSSO" | "missingMFA">
> | null;

/**
 * The people of one stand-in and the organizations they work in. A change shows in every answer that an application gets
 * next, as at Hugging Face. A restart brings back the first state.
 */
export class World {
  readonly people: Person[] = structuredClone([...cast]);
  readonly organizations = structuredClone([analytical, orbitalWorks]);
  /** Each person's access token. Deleting one revokes it. */
  readonly accessTokens = new Map(
    this.people.map((person) => [`hf_standin_${person.sub}`, person]),
  );
  membersPerPage = 100;

  findPerson(username: string | null | undefined): Person | undefined {
    return this.people.find((person) => person.preferred_username === username);
  }

  findOrganization(handle: string | null | undefined) {
    return this.organizations.find((each) => each.preferred_username === handle);
  }

  findAccessToken(person: Person): string | undefined {
    return [...this.accessTokens].find(([, each]) => each === person)?.[0];
  }

  listMembers(organization: { sub: string }) {
    return this.people.flatMap((person) => {
      const membership = person.orgs?.find(({ sub }) => sub === organization.sub);
      return membership ? [{ person, membership }] : [];
    });
  }

  /**
   * Adds a person to an organization, changes the membership, or (null) removes the person.
   *
   * @throws {Error} when there is no such person or organization
   */
  setMembership(username: string, handle: string, change: MembershipChange): void {
    const person = this.findPerson(username);
    const organization = this.findOrganization(handle);
    if (!person || !organization) throw new Error(`There is no ${username} or no ${handle}.`);
    const { sub } = organization;
    const present = person.orgs?.find((each) => each.sub === sub);
    const others = (person.orgs ?? []).filter((each) => each.sub !== sub);
    if (change === null) person.orgs = others;
    else person.orgs = [...others, { roleInOrg: "read", ...organization, ...present, ...change }];
  }

  /**
   * Gives a person or an organization another handle; the subject stays.
   *
   * @throws {Error} when nothing has that handle, or the new one is taken
   */
  rename(handle: string, newHandle: string): void {
    if (this.findPerson(newHandle) ?? this.findOrganization(newHandle)) {
      throw new Error(`${newHandle} is taken.`);
    }
    const memberships = this.people.flatMap(({ orgs = [] }) => orgs);
    const bearers = [...this.people, ...this.organizations, ...memberships].filter(
      (each) => each.preferred_username === handle,
    );
    if (bearers.length === 0) throw new Error(`There is no ${handle}.`);
    for (const bearer of bearers) bearer.preferred_username = newHandle;
  }
}
