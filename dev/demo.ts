import pino from "pino";
import { z } from "zod";

import { mirrorUser } from "../src/auth/users.ts";
import { type Database, openDatabase } from "../src/database/database.ts";
import type { Role } from "../src/memberships/roles.ts";
import { createOrganization } from "../src/organizations/organization.ts";
import { createProject } from "../src/projects/project.ts";

/** Somebody to sign in as, and what for. */
export type DemoPerson = { name: string; identifier: string; password: string; note: string };

type CastMember = DemoPerson & { roles: Record<string, Role> };

const password = "tenantry-demo";

const projects: Readonly<Record<string, string[]>> = {
  "Acme Robotics": ["Gripper mark II", "Warehouse pilot", "Apollo landing software"],
};

/** What the audit log says of where all this came from. */
const seeding = { id: "demo", ip: "127.0.0.1", userAgent: "npm run dev" };

/** The first of a company's owners creates it. */
const cast: readonly CastMember[] = [
  person("ada", "Ada Byron", "owner of Acme Robotics, viewer in Birch & Sons", {
    "Acme Robotics": "owner",
    "Birch & Sons": "viewer",
  }),
  person("bruno", "Bruno Birch", "owner of Birch & Sons, admin of Acme Robotics", {
    "Birch & Sons": "owner",
    "Acme Robotics": "admin",
  }),
  person("chidi", "Chidi Okafor", "member of Acme Robotics", { "Acme Robotics": "member" }),
  person("dana", "Dana Levi", "in no organization yet", {}),
];

function person(
  identifier: string,
  name: string,
  note: string,
  roles: Record<string, Role>,
): CastMember {
  return { identifier, name, password, note, roles };
}

/**
 * Fills a fresh laptop with people (at Logto) and organizations (here). Does nothing where the first
 * of them exists already, so that what a developer changed stays changed.
 */
export async function seedDemo(options: {
  databaseUrl: string;
  logtoEndpoint: string;
  m2mAppId: string;
  m2mAppSecret: string;
}): Promise<DemoPerson[]> {
  const database = openDatabase({
    url: options.databaseUrl,
    poolSize: 2,
    logger: pino({ level: "silent" }),
  });
  try {
    const logto = await connectToLogto(options);
    const userIds = new Map<string, string>();
    for (const member of cast) {
      const subject = await logto.createUser(member);
      if (subject === null) break;
      userIds.set(member.identifier, await mirrorDemoUser(database, logto.issuer, subject, member));
    }
    await createOrganizations(database, userIds);
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
      const { id: organizationId } = await createOrganization(database, { name, userId }, null);
      for (const other of cast) {
        const otherId = userIds.get(other.identifier);
        const otherRole = other.roles[name];
        if (other === founder || otherId === undefined || otherRole === undefined) continue;
        await database.forOrganization(organizationId, (tx) =>
          tx.membership.create({ data: { organizationId, userId: otherId, role: otherRole } }),
        );
      }
      const actor = {
        user: { id: userId },
        organization: { id: organizationId },
        request: seeding,
      };
      for (const project of projects[name] ?? []) {
        await createProject(database, actor, { name: project });
      }
    }
  }
}

/** The two calls of Logto's Management API that this needs. */
async function connectToLogto(options: {
  logtoEndpoint: string;
  m2mAppId: string;
  m2mAppSecret: string;
}) {
  const { logtoEndpoint, m2mAppId, m2mAppSecret } = options;
  const credentials = Buffer.from(`${m2mAppId}:${m2mAppSecret}`).toString("base64");
  const answer = await fetch(`${logtoEndpoint}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      resource: "https://default.logto.app/api",
      scope: "all",
    }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await answer.json());

  return {
    issuer: `${logtoEndpoint}/oidc`,
    /** The new user's id, or null when the username is taken already. */
    async createUser({ identifier, name }: CastMember): Promise<string | null> {
      const created = await fetch(`${logtoEndpoint}/api/users`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({
          username: identifier,
          primaryEmail: `${identifier}@example.test`,
          password,
          name,
        }),
      });
      if (created.status === 422) return null;
      if (!created.ok) throw new Error(`Logto answered ${created.status} to a new demo user.`);
      return z.object({ id: z.string() }).parse(await created.json()).id;
    },
  };
}
