import { z } from "zod";

import { productName, productSlug } from "../../runtime/product.ts";
import { isNotFound } from "../client/logto-error.ts";
import { ProvisionError } from "./provision-error.ts";
import type { Step } from "./provision.ts";

const applicationAnswer = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  // Loose: it is written back whole.
  oidcClientMetadata: z.looseObject({
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    backchannelLogoutUri: z.string().optional(),
    backchannelLogoutSessionRequired: z.boolean().optional(),
  }),
  customData: z.record(z.string(), z.unknown()),
});
type Application = z.output<typeof applicationAnswer>;

const secretAnswer = z.object({
  name: z.string(),
  value: z.string().min(1),
  expiresAt: z.number().nullable(),
});

const kind = "web application";
const type = "Traditional";

/** The machine-to-machine application that asks: the running service goes on as that one. */
export async function findMachine({ api, config, ledger }: Step): Promise<void> {
  const { appId: id } = config.management.credentials;
  const machine = await api.read(applicationAnswer, (client) =>
    client.GET("/api/applications/{id}", { params: { path: { id } } }),
  );
  ledger.keep("machine-to-machine application", `${machine.name} (${id})`);
}

/**
 * The application that people sign in through: that of LOGTO_APP_ID, or the one that was made for this BASE_URL, which
 * stands in its custom data.
 *
 * @returns both undefined where a dry run would have made it
 */
export async function provisionWebApplication(
  step: Step,
): Promise<{ id: string | undefined; secret: string | undefined }> {
  const { api, config, ledger } = step;
  const found = await findWebApplication(step);
  if (!found) {
    const oidcClientMetadata = addOurs(config.baseUrl, {
      redirectUris: [],
      postLogoutRedirectUris: [],
    });
    const created = await ledger.create(kind, `${productName}, for ${config.baseUrl}`, () =>
      api.read(applicationAnswer, (client) =>
        client.POST("/api/applications", {
          body: {
            name: productName,
            type,
            oidcClientMetadata: asDescribed(oidcClientMetadata),
            customData: markFor(config.baseUrl),
          },
        }),
      ),
    );
    return { id: created?.id, secret: created && (await findSecret(step, created)) };
  }
  await mend(step, found);
  return { id: found.id, secret: await findSecret(step, found) };
}

async function findWebApplication({ api, config }: Step): Promise<Application | undefined> {
  const named = await findById();
  if (named && named.type !== type) {
    throw new ProvisionError(
      `LOGTO_APP_ID is that of ${named.name}, a ${named.type} application. It has to be a traditional web application: unset it, and one is made.`,
    );
  }
  if (named) return named;
  const applications = await api.list(applicationAnswer, (client, query) =>
    client.GET("/api/applications", { params: { query } }),
  );
  return applications.find(
    (application) => application.type === type && isMadeFor(application, config.baseUrl),
  );

  async function findById(): Promise<Application | undefined> {
    const { appId: id } = config;
    if (id === undefined) return undefined;
    try {
      return await api.read(applicationAnswer, (client) =>
        client.GET("/api/applications/{id}", { params: { path: { id } } }),
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** In custom data, as organizations have it: another installation may use the same Logto. */
const markFor = (baseUrl: string) => ({ [productSlug]: { baseUrl } });
const mark = z.object({ [productSlug]: z.object({ baseUrl: z.string() }) });

function isMadeFor({ customData }: Application, baseUrl: string): boolean {
  return mark.safeParse(customData).data?.[productSlug].baseUrl === baseUrl;
}

async function mend({ api, config, ledger }: Step, application: Application): Promise<void> {
  const { id, name, customData } = application;
  const oidcClientMetadata = addOurs(config.baseUrl, application.oidcClientMetadata);
  const differences = listDifferences(application.oidcClientMetadata, oidcClientMetadata);
  const isMarked = customData[productSlug] !== undefined;
  if (!isMarked) differences.push("custom data");
  const text = `${name} (${id})`;
  if (differences.length === 0) return ledger.keep(kind, text);
  await ledger.update(kind, `${text}: ${differences.join(", ")}`, () =>
    api.send((client) =>
      client.PATCH("/api/applications/{id}", {
        params: { path: { id } },
        body: {
          // Both are replaced whole.
          oidcClientMetadata: asDescribed(oidcClientMetadata),
          ...(!isMarked && { customData: { ...customData, ...markFor(config.baseUrl) } }),
        },
      }),
    ),
  );
}

type Metadata = Application["oidcClientMetadata"];

/** Adds our addresses to what is there. There is one for back-channel logout, which has to be ours. */
function addOurs(baseUrl: string, metadata: Metadata): Metadata {
  return {
    ...metadata,
    redirectUris: addTo(metadata.redirectUris, `${baseUrl}/callback`),
    postLogoutRedirectUris: addTo(metadata.postLogoutRedirectUris, `${baseUrl}/`),
    backchannelLogoutUri: `${baseUrl}/back-channel-logout`,
    // Puts `sid` into id_token and logout token, which otherwise names the person alone.
    backchannelLogoutSessionRequired: true,
  };
}

/** @returns the very list that was given, where it is there already */
function addTo(list: string[], uri: string): string[] {
  return list.includes(uri) ? list : [...list, uri];
}

/** Logto's description of its API has objects where it wants addresses. */
function asDescribed(metadata: Metadata) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return metadata as { redirectUris: never[]; postLogoutRedirectUris: never[] };
}

function listDifferences(present: Metadata, wanted: Metadata): string[] {
  return [
    ...(wanted.redirectUris === present.redirectUris ? [] : ["redirect URI"]),
    ...(wanted.postLogoutRedirectUris === present.postLogoutRedirectUris
      ? []
      : ["post sign-out redirect URI"]),
    ...(wanted.backchannelLogoutUri === present.backchannelLogoutUri &&
    present.backchannelLogoutSessionRequired === true
      ? []
      : ["back-channel logout"]),
  ];
}

/** The secret we have, if it is still good; else one that does not expire, or is made. */
async function findSecret(
  { api, config, ledger }: Step,
  { id, name }: Application,
): Promise<string | undefined> {
  const secrets = await api.read(z.array(secretAnswer), (client) =>
    client.GET("/api/applications/{id}/secrets", { params: { path: { id } } }),
  );
  const valid = secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > Date.now());
  const present = valid.find(({ value }) => value === config.appSecret);
  const lasting = valid.find(({ expiresAt }) => expiresAt === null);
  if (present ?? lasting) return (present ?? lasting)?.value;
  // A name is taken for good, also by one that has expired.
  const body = { name: `${productName} ${new Date().toISOString()}` };
  const made = await ledger.create("application secret", `${body.name}, of ${name} (${id})`, () =>
    api.read(secretAnswer, (client) =>
      client.POST("/api/applications/{id}/secrets", { params: { path: { id } }, body }),
    ),
  );
  return made?.value;
}
