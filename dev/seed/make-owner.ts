import type { Database } from "../../src/database/database.ts";
import { admit } from "../../src/tenancy/admission.ts";
import { changeAsGuest } from "../../src/tenancy/change-as.ts";
import { DemoError } from "../demo/accounts.ts";
import { findFounders, seeding } from "../demo/demo.ts";

/**
 * Makes a person who has signed in an owner of the demo organizations.
 *
 * @param who username, or email address that is proven to be theirs
 * @param issuer of the demo people
 * @returns the names of the organizations
 * @throws {DemoError} unless exactly one person is meant
 */
export async function makeOwner(
  database: Database,
  { who, issuer }: { who: string; issuer: string },
): Promise<string[]> {
  const userId = await findUser(database, who);
  const names: string[] = [];
  for (const { person, userId: founderId } of await findFounders(database, issuer)) {
    const organizations = await database.forUser(founderId, (tx) =>
      tx.organization.findMany({
        where: {
          deletedAt: null,
          name: { in: Object.keys(person.roles) },
          memberships: { some: { userId: founderId, role: "owner" } },
        },
        select: { id: true, name: true },
      }),
    );
    for (const { id, name } of organizations) {
      await changeAsGuest(
        database,
        { user: null, organization: { id }, request: seeding },
        async (tx) => ({
          value: null,
          event: await admit(tx, {
            organizationId: id,
            userId,
            role: "owner",
            grant: { kind: "admin" },
            details: { via: "seed" },
          }),
        }),
      );
      names.push(name);
    }
  }
  return names;
}

async function findUser(database: Database, who: string): Promise<string> {
  const [user, ...others] = await database.unscoped.user.findMany({
    where: {
      deletedAt: null,
      isMachine: false,
      OR: [{ username: who }, { provenEmail: who.toLowerCase() }],
    },
    select: { id: true },
  });
  if (!user) {
    throw new DemoError(
      `No user who has signed in has the username or the verified email address ${who}.`,
    );
  }
  if (others.length > 0) {
    throw new DemoError(`More than one person is called ${who}: say their email address.`);
  }
  return user.id;
}
