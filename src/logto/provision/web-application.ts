import { z } from "zod";

import { productName, productSlug } from "../../runtime/product.ts";
import { unlessMissing } from "../client/logto-error.ts";
import type { ManagementApi } from "../client/management-api.ts";
import { ProvisionError, type Step } from "./step.ts";

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

const readApplication = (api: ManagementApi, id: string) =>
  api.read(applicationAnswer, (client) =>
    client.GET("/api/applications/{id}", { params: { path: { id } } }),
  );

/** Checks the machine-to-machine application of the settings: the running service continues with it. */
export async function findMachine({ api, config, ledger }: Step): Promise<void> {
  const { appId: id } = config.management.credentials;
  const machine = await readApplication(api, id);
  ledger.keep("machine-to-machine application", `${machine.name} (${id})`);
}

/**
 * Provides the application that people sign in through: that of LOGTO_APP_ID, or the one that was created for this
 * BASE_URL, which its custom data names.
 *
 * @returns both undefined if a dry run would have created it
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
  const { appId: id } = config;
  const named = id === undefined ? null : await unlessMissing(readApplication(api, id));
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
}

/** Our mark in its custom data: another installation may use the same Logto. */
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
  await ledger.mend(kind, `${name} (${id})`, differences, () =>
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

/** Adds our addresses to the present ones. Back-channel logout has one address, which has to be ours. */
function addOurs(baseUrl: string, metadata: Metadata): Metadata {
  return {
    ...metadata,
    redirectUris: addTo(metadata.redirectUris, `${baseUrl}/callback`),
    postLogoutRedirectUris: addTo(metadata.postLogoutRedirectUris, `${baseUrl}/`),
    backchannelLogoutUri: `${baseUrl}/back-channel-logout`,
    // Puts `sid` into the ID token and the logout token, which otherwise names the person alone.
    backchannelLogoutSessionRequired: true,
  };
}

/** @returns the given list itself if it has the URI already */
function addTo(list: string[], uri: string): string[] {
  return list.includes(uri) ? list : [...list, uri];
}

/** Logto's description of its API has the wrong type for addresses. */
function asDescribed(metadata: Metadata) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return metadata as { redirectUris: never[]; postLogoutRedirectUris: never[] };
}

function listDifferences(present: Metadata, wanted: Metadata): string[] {
  const isLoggedOut =
    wanted.backchannelLogoutUri === present.backchannelLogoutUri &&
    present.backchannelLogoutSessionRequired === true;
  return [
    wanted.redirectUris !== present.redirectUris && "redirect URI",
    wanted.postLogoutRedirectUris !== present.postLogoutRedirectUris &&
      "post sign-out redirect URI",
    !isLoggedOut && "back-channel logout",
  ].filter((difference) => difference !== false);
}

/** @returns our secret if it is valid; else one that does not expire, or a new one */
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
  // A name can be used once, also that of an expired secret.
  const body = { name: `${productName} ${new Date().toISOString()}` };
  const made = await ledger.create("application secret", `${body.name}, of ${name} (${id})`, () =>
    api.read(secretAnswer, (client) =>
      client.POST("/api/applications/{id}/secrets", { params: { path: { id } }, body }),
    ),
  );
  return made?.value;
}
