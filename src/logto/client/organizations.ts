import { z } from "zod";

import { productSlug } from "../../runtime/product.ts";
import type { ManagementApi } from "./management-api.ts";

const organizationAnswer = z.object({
  id: z.string(),
  name: z.string(),
  customData: z.record(z.string(), z.unknown()).catch({}),
});

export type OrganizationAtLogto = z.output<typeof organizationAnswer>;

/** Our organization and our installation: another installation may use the same Logto. */
type Origin = { organizationId: string; baseUrl: string };

/** Our mark, in the custom data of what we create. */
const marked = z.object({
  [productSlug]: z.object({ organizationId: z.uuid(), baseUrl: z.string() }),
});

/** @returns the organization, and the installation, that it was created for; null if it has no mark */
export function readOrigin({ customData }: OrganizationAtLogto): Origin | null {
  return marked.safeParse(customData).data?.[productSlug] ?? null;
}

/** @returns null if Logto has none of this id */
export function readOrganizationAtLogto(
  api: ManagementApi,
  logtoId: string,
): Promise<OrganizationAtLogto | null> {
  return api.find(organizationAnswer, (client) =>
    client.GET("/api/organizations/{id}", { params: { path: { id: logtoId } } }),
  );
}

export function listOrganizationsAtLogto(api: ManagementApi): Promise<OrganizationAtLogto[]> {
  return api.list(organizationAnswer, (client, query) =>
    client.GET("/api/organizations", { params: { query } }),
  );
}

/**
 * Creates the organization at Logto, or finds the one that an interrupted creation left behind. It is named by our id
 * until its own id is noted here: Logto neither lets us choose the id nor finds organizations by anything but their name.
 *
 * @returns its id at Logto
 */
export async function createOrganizationAtLogto(
  api: ManagementApi,
  origin: Origin,
): Promise<string> {
  const [found] = await findCreatedFor(api, origin);
  if (found) return found.id;
  const { id } = await api.read(organizationAnswer, (client) =>
    client.POST("/api/organizations", {
      body: { name: origin.organizationId, customData: { [productSlug]: origin } },
    }),
  );
  return id;
}

/**
 * Finds what was created for an organization of ours and whose id was never noted here: it still has our id as its name.
 * Without our mark it does not count, as anybody can choose that name.
 */
export async function findCreatedFor(
  api: ManagementApi,
  { organizationId, baseUrl }: Origin,
): Promise<OrganizationAtLogto[]> {
  const found = await api.list(organizationAnswer, (client, page) =>
    client.GET("/api/organizations", { params: { query: { ...page, q: organizationId } } }),
  );
  return found.filter((each) => {
    const origin = readOrigin(each);
    return origin?.organizationId === organizationId && origin.baseUrl === baseUrl;
  });
}

export function renameOrganizationAtLogto(
  api: ManagementApi,
  logtoId: string,
  name: string,
): Promise<void> {
  return api.send((client) =>
    client.PATCH("/api/organizations/{id}", { params: { path: { id: logtoId } }, body: { name } }),
  );
}

/** It may be gone already. */
export async function deleteOrganizationAtLogto(
  api: ManagementApi,
  logtoId: string,
): Promise<void> {
  await api.remove((client) =>
    client.DELETE("/api/organizations/{id}", { params: { path: { id: logtoId } } }),
  );
}
