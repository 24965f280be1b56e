import { expect } from "vitest";
import { z } from "zod";

import {
  deleteOrganizationAtLogto,
  findCreatedFor,
  createOrganizationAtLogto,
  readOrganizationAtLogto,
  renameOrganizationAtLogto,
} from "../../src/logto/client/organizations.ts";
import { productSlug } from "../../src/runtime/product.ts";
import type { Check } from "./check.ts";
import { refusalOf } from "./refusal-of.ts";
import type { World } from "./world.ts";

/** How Logto's organizations are created, found, renamed and removed: src/logto/client/organizations.ts. */
export const organizations: Check[] = [
  {
    title: "an organization is made with our mark, under an id that Logto chooses, and read back",
    follows: ["management-organizations: create: every field", "management-organizations: get one"],
    async run(world) {
      const { api, baseUrl } = world;
      const organizationId = world.inventOrganizationId();
      const id = await createOrganizationAtLogto(api, { organizationId, baseUrl });
      const customData = { [productSlug]: { organizationId, baseUrl } };
      expect(await readOrganizationAtLogto(api, id)).toEqual({
        id,
        name: organizationId,
        customData,
      });
    },
  },
  {
    title:
      "an organization named by a UUID is found at once by that name and our mark, so it is not made twice",
    follows: [
      "management-organizations: list: q substring",
      "management-organizations: list: q without match",
    ],
    async run(world) {
      const { api, baseUrl } = world;
      const organization = { organizationId: world.inventOrganizationId(), baseUrl };
      const other = { organizationId: world.inventOrganizationId(), baseUrl };
      await renameOrganizationAtLogto(
        api,
        await createOrganizationAtLogto(api, other),
        organization.organizationId,
      );
      expect(await findCreatedFor(api, organization)).toEqual([]);
      const id = await createOrganizationAtLogto(api, organization);
      expect(await createOrganizationAtLogto(api, organization)).toBe(id);
      await renameOrganizationAtLogto(api, id, world.invent("renamed"));
      expect(await findCreatedFor(api, organization)).toEqual([]);
    },
  },
  {
    title:
      "a new name keeps the custom data, may belong to another organization, and may be set again",
    follows: [
      "management-organizations: patch name and description",
      "management-organizations: create: same name again is allowed",
    ],
    async run(world) {
      const { api, baseUrl } = world;
      const name = world.invent("name");
      const ids: string[] = [];
      for (const organizationId of [world.inventOrganizationId(), world.inventOrganizationId()]) {
        const id = await createOrganizationAtLogto(api, { organizationId, baseUrl });
        await renameOrganizationAtLogto(api, id, name);
        await renameOrganizationAtLogto(api, id, name);
        const customData = { [productSlug]: { organizationId, baseUrl } };
        expect(await readOrganizationAtLogto(api, id)).toEqual({ id, name, customData });
        ids.push(id);
      }
      expect(new Set(ids).size).toBe(2);
    },
  },
  {
    title: "custom data is replaced as a whole",
    follows: ["management-organizations: patch customData (merge or replace?) step 1"],
    async run(world) {
      const { api } = world;
      const id = await world.createOrganization();
      for (const customData of [{ first: 1 }, { second: 2 }]) {
        await api.send((client) =>
          client.PATCH("/api/organizations/{id}", {
            params: { path: { id } },
            body: { customData },
          }),
        );
        expect(await readOrganizationAtLogto(api, id)).toMatchObject({ customData });
      }
      expect((await readOrganizationAtLogto(api, id))?.customData).toEqual({ second: 2 });
    },
  },
  {
    title: "a deleted or unknown organization is 404, also when deleted again",
    follows: [
      "management-organizations: get one: unknown id",
      "management-organizations: patch unknown id",
      "management-organizations: delete again",
    ],
    async run(world) {
      const { api } = world;
      const id = await world.createOrganization();
      await deleteOrganizationAtLogto(api, id);
      await deleteOrganizationAtLogto(api, id);
      expect(await readOrganizationAtLogto(api, id)).toBeNull();
      expect(await readOrganizationAtLogto(api, "nonexistent01")).toBeNull();
      const again = api.send((client) =>
        client.DELETE("/api/organizations/{id}", { params: { path: { id } } }),
      );
      expect(await refusalOf(again)).toMatchObject({ status: 404 });
      expect(await refusalOf(renameOrganizationAtLogto(api, id, "gone"))).toMatchObject({
        status: 404,
      });
    },
  },
  {
    // The order is not reliable.
    title: "a page has the requested size, and Total-Number says how many there are in all",
    follows: ["management-organizations: list with q keeps q in Link"],
    async run(world) {
      const name = world.invent("paged");
      const ids: string[] = [];
      for (const suffix of ["a", "b", "c"]) {
        const body = { name: `${name}${suffix}` };
        const created = await world.api.read(z.object({ id: z.string() }), (client) =>
          client.POST("/api/organizations", { body }),
        );
        ids.push(created.id);
      }
      const pages = [await readPage(world, name, 1), await readPage(world, name, 2)];
      expect(pages.map(({ total, ids: { length } }) => ({ total, length }))).toEqual([
        { total: "3", length: 2 },
        { total: "3", length: 1 },
      ]);
      expect(ids).toEqual(expect.arrayContaining(pages.flatMap((page) => page.ids)));
    },
  },
  {
    title: "each list that we read to its end has a Total-Number, with a hundred on a page",
    follows: [
      "management-users: list: page_size 101",
      "management-organization-members: list: empty",
      "organization-tokens: list applications of organization",
      "management-organization-template: roles: does the failed one exist?",
    ],
    async run(world) {
      const path = { id: await world.createOrganization() };
      const query = { page: 1, page_size: 100 };
      const totals: Record<string, string | null> = {};
      const note = async (list: string, call: Parameters<World["api"]["send"]>[0]) =>
        world.api.send(async (client) => {
          const answer = await call(client);
          totals[list] = answer.response.headers.get("total-number");
          return answer;
        });
      const params = { query };
      await note("organizations", (client) => client.GET("/api/organizations", { params }));
      await note("members", (client) =>
        client.GET("/api/organizations/{id}/users", { params: { path, query } }),
      );
      await note("machines", (client) =>
        client.GET("/api/organizations/{id}/applications", { params: { path, query } }),
      );
      await note("roles", (client) => client.GET("/api/organization-roles", { params }));
      await note("permissions", (client) => client.GET("/api/organization-scopes", { params }));
      await note("users", (client) => client.GET("/api/users", { params }));
      await note("applications", (client) => client.GET("/api/applications", { params }));
      for (const [list, total] of Object.entries(totals)) expect(total, list).toMatch(/^\d+$/);
      expect(totals).toMatchObject({ members: "0", machines: "0" });
    },
  },
];

async function readPage({ api }: World, q: string, page: number) {
  let total: string | null = null;
  const found = await api.read(z.array(z.object({ id: z.string() })), async (client) => {
    const query = { q, page, page_size: 2 };
    const answer = await client.GET("/api/organizations", { params: { query } });
    total = answer.response.headers.get("total-number");
    return answer;
  });
  return { total, ids: found.map(({ id }) => id) };
}
