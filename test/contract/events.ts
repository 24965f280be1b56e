import { expect } from "vitest";

import {
  noMembership,
  removeMemberAtLogto,
  setMemberAtLogto,
} from "../../src/logto/client/members.ts";
import { deleteOrganizationAtLogto } from "../../src/logto/client/organizations.ts";
import { deleteUser } from "../../src/logto/client/users.ts";
import { readEvent, type WebhookEvent } from "../../src/logto/webhooks/event.ts";
import { isSigned } from "../../src/logto/webhooks/signature.ts";
import type { Check } from "./check.ts";
import type { Delivery } from "./listener.ts";
import type { World } from "./world.ts";

/** The calls that Logto sends webhooks about, and those that it does not: src/logto/webhooks/. */
export const events: Check[] = [
  {
    title: "a webhook is signed with its key, over the bytes of its body",
    follows: ["webhooks: POST /organizations"],
    needs: ["events"],
    async run(world) {
      const logtoId = await world.createOrganization();
      const [delivery] = await waitFor(world, [logtoId], 1);
      const { body = Buffer.of(), signature = "" } = delivery ?? {};
      const key = world.settings.LOGTO_WEBHOOK_SIGNING_KEY ?? "";
      expect(isSigned(body, signature, [key])).toBe(true);
    },
  },
  {
    title:
      "events tell that an organization is made, changed (also to the same values) and deleted, and of its members, not of roles",
    follows: [
      "webhooks: POST /organizations",
      "webhooks: PATCH /organizations/{id}",
      "webhooks: POST /organizations/{id}/users (two users)",
      "webhooks: POST /organizations/{id}/users same user again",
      "webhooks: PUT /organizations/{id}/users/{userId}/roles",
      "webhooks: DELETE /organizations/{id}/users/{userId}",
      "webhooks: DELETE /organizations/{id} with members",
    ],
    needs: ["events"],
    async run(world) {
      const { api } = world;
      const { id: subject } = await world.createUser();
      const member = { subject, isMachine: false };
      const present = { isMember: true, role: "member" as const, otherRoles: [] };
      const logtoId = await world.createOrganization();
      for (const _time of ["once", "again"]) {
        await api.send((client) =>
          client.PATCH("/api/organizations/{id}", {
            params: { path: { id: logtoId } },
            body: { description: "the same" },
          }),
        );
      }
      await setMemberAtLogto(api, logtoId, member, "member", noMembership);
      await setMemberAtLogto(api, logtoId, member, "admin", present);
      await setMemberAtLogto(api, logtoId, member, "admin", noMembership);
      await removeMemberAtLogto(api, logtoId, member);
      await setMemberAtLogto(api, logtoId, member, "admin", noMembership);
      await deleteOrganizationAtLogto(api, logtoId);

      const membership = (added: string[], removed: string[]): WebhookEvent => ({
        kind: "membership",
        logtoId,
        added,
        removed,
        hasMachines: false,
        bySignIn: false,
      });
      await expectEvents(
        world,
        [logtoId],
        [
          { kind: "organization", logtoId, isNew: true },
          { kind: "organization", logtoId, isNew: false },
          { kind: "organization", logtoId, isNew: false },
          membership([subject], []),
          // A person who was a member before is not named.
          membership([], []),
          membership([], [subject]),
          membership([subject], []),
          { kind: "organization", logtoId, isNew: false },
        ],
      );
    },
  },
  {
    title: "events tell that machines are added and removed",
    follows: ["webhooks: POST /organizations/{id}/applications"],
    needs: ["events"],
    async run(world) {
      const { api } = world;
      const machine = { subject: await world.createMachine(), isMachine: true };
      const logtoId = await world.createOrganization();
      await setMemberAtLogto(api, logtoId, machine, "viewer", noMembership);
      await removeMemberAtLogto(api, logtoId, machine);
      const changed = {
        kind: "membership",
        logtoId,
        added: [],
        removed: [],
        hasMachines: true,
        bySignIn: false,
      };
      await expectEvents(
        world,
        [logtoId],
        [{ kind: "organization", logtoId, isNew: true }, changed, changed],
      );
    },
  },
  {
    title:
      "events tell that a user is made, changed, suspended and deleted; the end of their memberships is silent",
    follows: [
      "webhooks: POST /users",
      "webhooks: PATCH /users/{id} name",
      "webhooks: PATCH /users/{id} with unchanged value",
      "webhooks: PATCH /users/{id}/is-suspended true",
      "webhooks: PATCH /users/{id}/is-suspended true again",
      "webhooks: DELETE /users/{id} who is a member of an organization",
    ],
    needs: ["events"],
    async run(world) {
      const { api } = world;
      const { id: subject } = await world.createUser();
      const params = { path: { userId: subject } };
      const logtoId = await world.createOrganization();
      await setMemberAtLogto(api, logtoId, { subject, isMachine: false }, "member", noMembership);
      for (const body of [{ name: "Other" }, { name: "Other" }]) {
        await api.send((client) => client.PATCH("/api/users/{userId}", { params, body }));
      }
      for (const isSuspended of [true, true]) {
        const body = { isSuspended };
        await api.send((client) =>
          client.PATCH("/api/users/{userId}/is-suspended", { params, body }),
        );
      }
      await deleteUser(api, subject);
      const person = { kind: "person", subject };
      await expectEvents(
        world,
        [logtoId, subject],
        [
          { kind: "organization", logtoId, isNew: true },
          {
            kind: "membership",
            logtoId,
            added: [subject],
            removed: [],
            hasMachines: false,
            bySignIn: false,
          },
          ...Array.from({ length: 6 }, () => person),
        ],
      );
    },
  },
];

/** Collects the events about these ids, in any order: deliveries overtake each other. */
async function expectEvents(world: World, ids: string[], expected: object[]): Promise<void> {
  await waitFor(world, ids, expected.length);
  // An event too many would have arrived by then.
  await waitFor(world, [await world.createOrganization()], 1);
  const byText = (list: object[]) => list.map((event) => JSON.stringify(event)).toSorted();
  const told = tellingOf(world, ids).map(
    (delivery) => readEvent(JSON.parse(delivery.body.toString())) ?? {},
  );
  expect(byText(told)).toEqual(byText(expected));
}

async function waitFor(world: World, ids: string[], count: number): Promise<Delivery[]> {
  const isEnough = () => tellingOf(world, ids).length >= count;
  await world.listener?.waitUntil(isEnough, `${count} events about ${ids.join(", ")}`);
  return tellingOf(world, ids);
}

/** Others use this Logto, too. */
function tellingOf({ listener }: World, ids: string[]): Delivery[] {
  return (listener?.received ?? []).filter(({ path, body }) => {
    const event = path === "/webhooks/logto" && readEvent(JSON.parse(body.toString()));
    return event && ids.includes(event.kind === "person" ? event.subject : event.logtoId);
  });
}
