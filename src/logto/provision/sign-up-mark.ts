import { z } from "zod";

import { productSlug } from "../../runtime/product.ts";
import { isNotFound } from "../client/logto-error.ts";
import type { ManagementApi } from "../client/management-api.ts";

const marked = z.object({
  customData: z.looseObject({
    [productSlug]: z.looseObject({ signUp: z.string().optional() }).optional(),
  }),
});

/**
 * Whether we have switched sign-up to e-mail before. If it is as in a fresh Logto again, somebody has chosen that.
 *
 * @param id of the application that remembers it
 */
export async function wasSignUpSwitched(
  api: ManagementApi,
  id: string | undefined,
): Promise<boolean> {
  if (id === undefined) return false;
  try {
    return (await readCustomData(api, id))[productSlug]?.signUp === "email";
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

export async function rememberSignUp(api: ManagementApi, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  const present = await readCustomData(api, id);
  const customData = { ...present, [productSlug]: { ...present[productSlug], signUp: "email" } };
  await api.send((client) =>
    client.PATCH("/api/applications/{id}", { params: { path: { id } }, body: { customData } }),
  );
}

async function readCustomData(api: ManagementApi, id: string) {
  const { customData } = await api.read(marked, (client) =>
    client.GET("/api/applications/{id}", { params: { path: { id } } }),
  );
  return customData;
}
