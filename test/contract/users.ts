import { expect } from "vitest";

import { deleteUser, readUser } from "../../src/logto/client/users.ts";
import type { Check } from "./check.ts";
import { refusalOf } from "./refusal-of.ts";

/** The facts about people that are read outside of sign-ins: src/logto/client/users.ts. */
export const users: Check[] = [
  {
    title: "a user is read by id, with name, addresses and whether they are suspended",
    follows: ["management-users: get one", "management-users: create: username and password"],
    async run(world) {
      const { id, username } = await world.createUser();
      expect(await readUser(world.api, id)).toEqual({
        issuer: world.openId.issuer,
        subject: id,
        name: "Con Tract",
        username,
        email: `${username}@example.com`,
        emailVerified: true,
        picture: null,
        identities: [],
        enterprises: [],
        isSuspended: false,
      });
    },
  },
  {
    title: "an absent value of a user is null, not missing",
    follows: ["management-users: patch name to null", "management-users: patch e-mail to null"],
    async run(world) {
      const { id } = await world.createUser();
      await world.api.send((client) =>
        client.PATCH("/api/users/{userId}", {
          params: { path: { userId: id } },
          body: { name: null, primaryEmail: null },
        }),
      );
      expect(await readUser(world.api, id)).toMatchObject({
        name: null,
        email: null,
        emailVerified: false,
      });
    },
  },
  {
    title: "a suspension is visible at once, a second one changes nothing, and it can be undone",
    follows: [
      "management-users: suspend",
      "management-users: suspend again",
      "management-users: reactivate",
    ],
    async run(world) {
      const { id } = await world.createUser();
      for (const isSuspended of [true, true, false]) {
        await world.api.send((client) =>
          client.PATCH("/api/users/{userId}/is-suspended", {
            params: { path: { userId: id } },
            body: { isSuspended },
          }),
        );
        expect(await readUser(world.api, id)).toMatchObject({ isSuspended });
      }
    },
  },
  {
    title: "a deleted or unknown user is 404, also when deleted again",
    follows: [
      "management-users: get after delete",
      "management-users: delete again",
      "management-users: get one: unknown",
    ],
    async run(world) {
      const { id: userId } = await world.createUser();
      await deleteUser(world.api, userId);
      await deleteUser(world.api, userId);
      expect(await readUser(world.api, userId)).toBeNull();
      expect(await readUser(world.api, "nonexistent01")).toBeNull();
      const again = world.api.send((client) =>
        client.DELETE("/api/users/{userId}", { params: { path: { userId } } }),
      );
      expect(await refusalOf(again)).toMatchObject({ status: 404 });
    },
  },
];
