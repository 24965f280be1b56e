import { z } from "zod";

import { isNotFound } from "../../src/logto/client/logto-error.ts";
import type { ManagementApi } from "../../src/logto/client/management-api.ts";
import { productSlug } from "../../src/runtime/product.ts";

const named = z.object({ id: z.string(), name: z.string() });
const user = z.object({ id: z.string() });
const application = named.extend({
  customData: z.object({ [productSlug]: z.object({ baseUrl: z.string() }).optional() }).catch({}),
});
const hook = named.extend({ config: z.object({ url: z.string() }) });

/**
 * Removes what one run has made, by the names that only it gives: so also what it made without being told. The roles and
 * permissions of the application stay: from the moment they are there, others may use them.
 *
 * @throws {AggregateError} of what could not be removed, once everything else is
 */
export async function removeOurs(
  api: ManagementApi,
  { tag, baseUrl, organizationIds }: { tag: string; baseUrl: string; organizationIds: string[] },
): Promise<void> {
  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isNotFound(error)) errors.push(error);
    }
  };

  await attempt(async () => {
    const hooks = await api.read(z.array(hook), (client) => client.GET("/api/hooks"));
    const ours = hooks.filter(({ config }) => config.url.startsWith(`${baseUrl}/`));
    for (const { id } of ours) {
      const params = { path: { id } };
      await attempt(() => api.send((client) => client.DELETE("/api/hooks/{id}", { params })));
    }
  });
  for (const q of [tag, ...organizationIds]) {
    await attempt(async () => {
      const found = await api.list(named, (client, page) =>
        client.GET("/api/organizations", { params: { query: { ...page, q } } }),
      );
      for (const { id } of found.filter(({ name }) => name.includes(q))) {
        const params = { path: { id } };
        await attempt(() =>
          api.send((client) => client.DELETE("/api/organizations/{id}", { params })),
        );
      }
    });
  }
  await attempt(async () => {
    const found = await api.list(named, (client, page) =>
      client.GET("/api/organization-roles", { params: { query: { ...page, q: tag } } }),
    );
    for (const { id } of found.filter(({ name }) => name.includes(tag))) {
      const params = { path: { id } };
      await attempt(() =>
        api.send((client) => client.DELETE("/api/organization-roles/{id}", { params })),
      );
    }
  });
  await attempt(async () => {
    const username = { "search.username": `${tag}%` };
    const found = await api.list(user, (client, page) =>
      client.GET("/api/users", { params: { query: { ...page, ...username } } }),
    );
    for (const { id: userId } of found) {
      const params = { path: { userId } };
      await attempt(() => api.send((client) => client.DELETE("/api/users/{userId}", { params })));
    }
  });
  await attempt(async () => {
    const found = await api.list(application, (client, query) =>
      client.GET("/api/applications", { params: { query } }),
    );
    const isOurs = ({ name, customData }: z.output<typeof application>) =>
      name.includes(tag) || customData[productSlug]?.baseUrl === baseUrl;
    for (const { id } of found.filter(isOurs)) {
      const params = { path: { id } };
      await attempt(() =>
        api.send((client) => client.DELETE("/api/applications/{id}", { params })),
      );
    }
  });
  if (errors.length > 0) throw new AggregateError(errors, "Not everything could be removed.");
}
