import { z } from "zod";
import {
  type Application,
  applicationTable,
  applicationTypes,
  createApplication,
  findApplication,
  listApplications,
} from "../applications/applications.ts";
import { type ApplicationSecret, createSecret, listSecrets } from "../applications/secrets.ts";
import { ManagementError, notExistsWithId } from "./errors.ts";
import { jsonObject, readInput } from "./input.ts";
import { addItem, addList, type Api, orThrow, param } from "./resource.ts";

const uri = z.string().refine((value) => URL.canParse(value));
const oidcSchema = z.object({
  redirectUris: z.array(uri),
  postLogoutRedirectUris: z.array(uri),
  backchannelLogoutUri: z.url().optional(),
  backchannelLogoutSessionRequired: z.boolean().optional(),
  logoUri: z.string().optional(),
});
const changeSchema = z.object({
  name: z.string().min(1).max(256).optional(),
  description: z.string().nullish(),
  oidcClientMetadata: oidcSchema.optional(),
  customClientMetadata: jsonObject.optional(),
  customData: jsonObject.optional(),
});
const newSchema = changeSchema.extend({
  name: z.string().min(1).max(256),
  type: z.enum(applicationTypes),
});
const secretSchema = z.object({
  name: z.string().min(1).max(256),
  expiresAt: z.number().nullish(),
});

const path = "/api/applications";
const secrets = `${path}/:id/secrets`;
const missing = (id: string) => notExistsWithId("applications", id);

/** Applications and their secrets. */
export function addApplicationRoutes(api: Api): void {
  const { router, sql } = api;
  addList(api, {
    path,
    paged: "on request",
    find: (page, ctx) => {
      const types = new URLSearchParams(ctx.querystring).getAll("types");
      return listApplications(sql, { types, ...page });
    },
    present: presentApplication,
  });

  router.post(path, async (ctx) => {
    const input = await readInput(ctx, newSchema);
    const application = await sql.begin((transaction) => createApplication(transaction, input));
    ctx.body = presentApplication(application);
  });

  addItem<Application>(api, {
    path,
    table: applicationTable,
    changeSchema,
    present: presentApplication,
    presentFound: (application) => ({ ...presentApplication(application), isAdmin: false }),
    missing,
    missingAtChange: missing,
  });

  router.get(secrets, async (ctx) => {
    const id = param(ctx, "id");
    orThrow(await findApplication(sql, id), missing(id));
    ctx.body = (await listSecrets(sql, id)).map(presentSecret);
  });

  router.post(secrets, async (ctx) => {
    const { name, expiresAt } = await readInput(ctx, secretSchema);
    const id = param(ctx, "id");
    orThrow(await findApplication(sql, id), missing(id));
    const expires = typeof expiresAt === "number" ? new Date(expiresAt) : null;
    const secret = await createSecret(sql, id, { name, expiresAt: expires });
    if (!secret) {
      const message = "Secret name already exists.";
      throw new ManagementError(422, "application.secret_name_exists", message);
    }
    ctx.status = 201;
    ctx.body = presentSecret(secret);
  });
}

export function presentApplication<Shown extends Application>({
  createdAt,
  ...application
}: Shown) {
  return {
    tenantId: "default",
    ...application,
    protectedAppMetadata: null,
    isThirdParty: false,
    appLevelAccessControlEnabled: false,
    createdAt: createdAt.getTime(),
  };
}

/** Shows the value each time: Logto stores secrets in plain text, and shows them to those who may manage it. */
function presentSecret({ createdAt, expiresAt, ...secret }: ApplicationSecret) {
  return {
    tenantId: "default",
    ...secret,
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime() ?? null,
  };
}
