import type { Router } from "@koa/router";
import { z } from "zod";
import {
  type ApplicationSecret,
  createSecret,
  deleteSecret,
  listSecrets,
} from "../applications/secrets.ts";
import type { Database } from "../store/database.ts";
import { requireApplication } from "./applications.ts";
import { ManagementError, notFound } from "./errors.ts";
import { readInput } from "./input.ts";

const secretSchema = z.object({
  name: z.string().min(1).max(256),
  expiresAt: z.number().nullish(),
});

const secrets = "/api/applications/:id/secrets";

export function addApplicationSecretRoutes(router: Router, sql: Database): void {
  router.get(secrets, async (ctx) => {
    const { id } = await requireApplication(sql, ctx);
    ctx.body = (await listSecrets(sql, id)).map(presentSecret);
  });

  router.post(secrets, async (ctx) => {
    const { name, expiresAt } = await readInput(ctx, secretSchema);
    const { id } = await requireApplication(sql, ctx);
    const expires = typeof expiresAt === "number" ? new Date(expiresAt) : null;
    const secret = await createSecret(sql, id, { name, expiresAt: expires });
    if (!secret) {
      const message = "Secret name already exists.";
      throw new ManagementError(422, "application.secret_name_exists", message);
    }
    ctx.status = 201;
    ctx.body = presentSecret(secret);
  });

  router.delete(`${secrets}/:name`, async (ctx) => {
    const { id = "", name = "" } = ctx.params;
    if (!(await deleteSecret(sql, id, name))) throw notFound();
    ctx.status = 204;
  });
}

/** With its value, each time: Logto keeps secrets as they are, and shows them to whoever may manage it. */
function presentSecret({ createdAt, expiresAt, ...secret }: ApplicationSecret) {
  return {
    tenantId: "default",
    ...secret,
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime() ?? null,
  };
}
