import pino from "pino";
import { z } from "zod";

import { mirrorUser } from "../src/auth/users.ts";
import { type Database, openDatabase } from "../src/database/database.ts";
import { invite } from "../src/invitations/invite.ts";
import { LogtoError } from "../src/logto/logto-error.ts";
import type { ManagementApi } from "../src/logto/management-api.ts";
import { changeRole, suspendMember } from "../src/memberships/member.ts";
import { createOrganization } from "../src/organizations/organization.ts";
import { archiveProject, changeProject, createProject } from "../src/projects/project.ts";
import { cast, type CastMember, colleagues, type DemoPerson } from "./demo-cast.ts";
import { describeFault } from "./faults.ts";

const everybody: readonly CastMember[] = [...cast, ...colleagues];

/** What the audit log says of where all this came from. */
const seeding = { id: "demo", ip: "127.0.0.1", userAgent: "npm run dev" };

/**
 * Fills a fresh laptop with people (at Logto) and organizations (here). Does nothing where the first
 * of them exists already, so that what a developer changed stays changed.
 */
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
    const userIds = new Map<string, string>();
    const [first, ...others] = everybody;
    const firstSubject = first && (await createUser(logto, first));
    if (first && firstSubject) {
      const subjects = new Map([[first, firstSubject]]);
      // At Logto all at once, since passwords take their time; here one by one.
      const create = async (person: CastMember) =>
        [person, await createUser(logto, person)] as const;
      for (const [person, subject] of await Promise.all(others.map(create))) {
        if (subject !== null) subjects.set(person, subject);
      }
      for (const [person, subject] of subjects) {
        const id = await mirrorDemoUser(database, logto.issuer, subject, person);
        userIds.set(person.identifier, id);
      }
      await createOrganizations(database, userIds);
    }
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

function mirrorDemoUser(
  database: Database,
  issuer: string,
  subject: string,
  { name, identifier }: CastMember,
): Promise<string> {
  const facts = {
    email: `${identifier}@example.test`,
    emailVerified: true,
    picture: null,
    identities: [],
  };
  return database.unscoped.$transaction((tx) =>
    mirrorUser(tx, { issuer, subject, name, username: identifier, ...facts }),
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

/** What the people at Acme Robotics have done so far, as its projects and its audit log show it. */
async function work(database: Database, organizationId: string, userIds: Map<string, string>) {
  const find = (identifier: string) => userIds.get(identifier) ?? "";
  const as = (identifier: string) => ({
    user: { id: find(identifier) },
    organization: { id: organizationId },
    request: seeding,
  });
  await createProject(database, as("ada"), { name: "Apollo landing software", status: "done" });
  const gripper = await createProject(database, as("chidi"), { name: "Gripper" });
  await changeRole(database, as("ada"), { userId: find("emre"), role: "member" });
  await createProject(database, as("emre"), {
    name: "Warehouse pilot",
    dueDate: new Date("2027-03-31"),
  });
  const arm = await createProject(database, as("bruno"), { name: "One-armed prototype" });
  await changeProject(database, as("chidi"), {
    id: gripper,
    name: "Gripper mark II",
    status: "active",
  });
  await archiveProject(database, as("bruno"), { id: arm, isArchived: true });
  await suspendMember(database, as("bruno"), { userId: find("farah") });
  const dana = { kind: "email", address: "dana@example.test" } as const;
  await invite(database, as("ada"), { recipients: [dana], role: "member", days: 30 });
}

/** @returns the new user's id, or null when the username is taken already */
async function createUser(
  logto: ManagementApi,
  { identifier, name, password }: CastMember,
): Promise<string | null> {
  try {
    const { id } = await logto.read(z.object({ id: z.string() }), (client) =>
      client.POST("/api/users", {
        body: {
          username: identifier,
          primaryEmail: `${identifier}@example.test`,
          password,
          name,
        },
      }),
    );
    return id;
  } catch (error) {
    if (error instanceof LogtoError && error.status === 422) return null;
    throw error;
  }
}
