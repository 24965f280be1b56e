import pino from "pino";

import { mirrorUser } from "../../src/identity/users.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import { changeRole, suspendMember } from "../../src/memberships/member.ts";
import { createOrganization } from "../../src/organizations/organization.ts";
import { accountsAtLogto, addressOf, type DemoAccounts } from "./accounts.ts";
import { cast, type CastMember, colleagues } from "./cast.ts";
import { inviteDana } from "./invitation.ts";
import { workOnProjects } from "./projects.ts";
import type { DemoPerson } from "../logto/people/demo-person.ts";
import { describeFault } from "../system/faults.ts";

const everybody: readonly CastMember[] = [...cast, ...colleagues];

/** The origin of these changes in the audit log. */
export const seeding = { id: "demo", ip: "127.0.0.1", userAgent: "demo" };

/** For `npm run dev`: fills a fresh laptop. @returns the people to sign in as */
export async function seedDemo({
  databaseUrl,
  logto,
}: {
  databaseUrl: string;
  logto: ManagementApi;
}): Promise<DemoPerson[]> {
  const database = openDatabase({
    url: databaseUrl,
    poolSize: 2,
    logger: pino({ level: "silent" }),
  });
  try {
    await fillDemo(database, accountsAtLogto(logto));
  } catch (error) {
    throw new Error(
      `The demo people could not be set up: ${describeFault(error)}. Start afresh: npm run dev -- --reset`,
      { cause: error },
    );
  } finally {
    await database.close();
  }
  return cast.map(({ roles: _roles, ...shown }) => shown);
}

/**
 * Makes the demo people, their organizations and what is in them. Does nothing where the first of them belongs to an
 * organization already, so that changes of the developer stay.
 *
 * @returns whether there was anything to do
 * @throws {DemoError}
 * @throws {LogtoError}
 */
export async function fillDemo(database: Database, accounts: DemoAccounts): Promise<boolean> {
  if ((await findFounders(database, accounts.issuer)).some(({ belongs }) => belongs)) return false;
  // At Logto all at once, because passwords take time; here one by one.
  const enroll = async (person: CastMember) => [person, await accounts.enroll(person)] as const;
  const userIds = new Map<string, string>();
  for (const [person, subject] of await Promise.all(everybody.map(enroll))) {
    const id = await mirrorDemoUser(database, accounts.issuer, subject, person);
    userIds.set(person.identifier, id);
  }
  await createOrganizations(database, userIds);
  return true;
}

/** Finds the people of the cast who own an organization, as far as the database has them. */
export async function findFounders(
  database: Database,
  issuer: string,
): Promise<{ person: CastMember; userId: string; belongs: boolean }[]> {
  const founders = cast.filter(({ roles }) => Object.values(roles).includes("owner"));
  const found = founders.map(async (person) => {
    const user = await database.unscoped.user.findFirst({
      where: { issuer, email: addressOf(person), deletedAt: null },
      select: { id: true },
    });
    if (!user) return [];
    const userId = user.id;
    const count = await database.forUser(userId, (tx) =>
      tx.membership.count({ where: { userId } }),
    );
    return [{ person, userId, belongs: count > 0 }];
  });
  return (await Promise.all(found)).flat();
}

function mirrorDemoUser(
  database: Database,
  issuer: string,
  subject: string,
  person: CastMember,
): Promise<string> {
  const { name, identifier: username } = person;
  const facts = { email: addressOf(person), emailVerified: true, picture: null, identities: [] };
  return database.unscoped.$transaction((tx) =>
    mirrorUser(tx, { issuer, subject, name, username, ...facts }),
  );
}

async function createOrganizations(database: Database, userIds: Map<string, string>) {
  for (const founder of cast) {
    for (const [name, role] of Object.entries(founder.roles)) {
      const userId = userIds.get(founder.identifier);
      if (role !== "owner" || userId === undefined) continue;
      const { id: organizationId } = await createOrganization(database, { name, userId }, seeding);
      for (const other of everybody) {
        const otherId = userIds.get(other.identifier);
        const otherRole = other.roles[name];
        if (other === founder || otherId === undefined || otherRole === undefined) continue;
        await database.forOrganization(organizationId, (tx) =>
          tx.membership.create({ data: { organizationId, userId: otherId, role: otherRole } }),
        );
      }
      if (name === "Acme Robotics") await work(database, organizationId, userIds);
    }
  }
}

/** Fills the audit log of Acme Robotics with what its people have done. */
async function work(database: Database, organizationId: string, userIds: Map<string, string>) {
  const find = (identifier: string) => userIds.get(identifier) ?? "";
  const as = (identifier: string) => ({
    user: { id: find(identifier) },
    organization: { id: organizationId },
    request: seeding,
  });
  await changeRole(database, as("ada"), { userId: find("emre"), role: "member" });
  await workOnProjects(database, as);
  await suspendMember(database, as("bruno"), { userId: find("farah") });
  await inviteDana(database, as("ada"));
}
