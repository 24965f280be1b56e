import { expect } from "vitest";
import { z } from "zod";

import {
  listMembersAtLogto,
  noMembership,
  readMemberAtLogto,
  removeMemberAtLogto,
  setMemberAtLogto,
} from "../../src/logto/client/members.ts";
import { readMachine } from "../../src/logto/client/users.ts";
import { hasPermission, permissions } from "../../src/access/roles.ts";
import type { Check } from "./check.ts";
import { refusalOf } from "./refusal-of.ts";
import type { World } from "./world.ts";

const machine = (subject: string) => ({ subject, isMachine: true });

/** Service accounts: machine-to-machine applications in organizations, and their tokens. */
export const machines: Check[] = [
  {
    title: "a machine is made a member with a machine role of ours, and taken out again",
    follows: [
      "organization-tokens: add application to organization",
      "organization-tokens: give the application its role",
      "organization-tokens: list applications of organization",
      // Recorded for people; for machines only Logto's sources say it.
      "management-organization-members: roles: get for a user who is not a member",
    ],
    async run(world) {
      const { api } = world;
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(api, logtoId, machine(subject), "member", noMembership);
      const member = { isMember: true, role: "member" as const, otherRoles: [] };
      expect(await readMemberAtLogto(api, logtoId, machine(subject))).toEqual(member);
      await setMemberAtLogto(api, logtoId, machine(subject), "admin", member);
      const listed = await listMembersAtLogto(api, logtoId);
      const name = expect.any(String);
      expect([...listed.values()]).toEqual([
        { ...machine(subject), ...member, role: "admin", name },
      ]);
      await removeMemberAtLogto(api, logtoId, machine(subject));
      await removeMemberAtLogto(api, logtoId, machine(subject));
      expect(await readMemberAtLogto(api, logtoId, machine(subject))).toEqual(noMembership);
    },
  },
  {
    title: "a role for people cannot be given to a machine",
    follows: ["organization-tokens: give the application a user-type role"],
    async run(world) {
      const { api } = world;
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(api, logtoId, machine(subject), "viewer", noMembership);
      const named = z.object({ id: z.string(), name: z.string() });
      const roles = await api.list(named, (client, query) =>
        client.GET("/api/organization-roles", { params: { query } }),
      );
      const ofPeople = roles.filter(({ name }) => name === "viewer").map(({ id }) => id);
      expect(ofPeople).toHaveLength(1);
      const refused = api.send((client) =>
        client.PUT("/api/organizations/{id}/applications/{applicationId}/roles", {
          params: { path: { id: logtoId, applicationId: subject } },
          body: { organizationRoleIds: ofPeople },
        }),
      );
      expect(await refusalOf(refused)).toMatchObject({ kind: "refused", status: 422 });
    },
  },
  {
    title: "a machine is read by its client id; one that does not exist is 404",
    follows: ["management-applications: get", "management-applications: get unknown"],
    async run(world) {
      const { subject } = await makePair(world);
      const found = await readMachine(world.api, subject);
      expect(found?.name).toMatch(/^contract/);
      expect(await readMachine(world.api, "nonexistent01")).toBeNull();
    },
  },
  {
    title:
      "a machine gets a token for its organization: exactly that audience, what its role permits",
    follows: ["organization-tokens: m2m: organization token for an associated application"],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      await setMemberAtLogto(world.api, logtoId, machine(subject), "viewer", noMembership);
      const answer = await requestToken(world, subject, logtoId);
      expect(answer).toMatchObject({ status: 200 });
      const token = await world.openId.verifyOrganizationToken(answer.access_token ?? "");
      expect({ ...token, scopes: [...token.scopes].toSorted() }).toEqual({
        issuer: world.openId.issuer,
        subject,
        clientId: subject,
        logtoOrganizationId: logtoId,
        scopes: permissions.filter((permission) => hasPermission("viewer", permission)).toSorted(),
      });
    },
  },
  {
    title: "a machine gets no token for an organization that it does not belong to",
    follows: [
      "organization-tokens: m2m: organization token by client_credentials, app not in organization",
    ],
    async run(world) {
      const { logtoId, subject } = await makePair(world);
      expect(await requestToken(world, subject, logtoId)).toEqual({
        status: 403,
        error: "access_denied",
      });
    },
  },
];

async function makePair(world: World) {
  return { logtoId: await world.createOrganization(), subject: await world.createMachine() };
}

const tokenAnswer = z.object({
  access_token: z.string().optional(),
  error: z.string().optional(),
});

/** As a service account asks for one (RFC 6749, section 4.4), with everything that there is to be permitted. */
async function requestToken(world: World, id: string, organizationId: string) {
  const secret = z.object({ value: z.string().min(1) });
  const [first] = await world.api.read(z.array(secret), (client) =>
    client.GET("/api/applications/{id}/secrets", { params: { path: { id } } }),
  );
  const response = await fetch(`${world.openId.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${first?.value}`)}` },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      organization_id: organizationId,
      scope: permissions.join(" "),
    }),
  });
  return { status: response.status, ...tokenAnswer.parse(await response.json()) };
}
