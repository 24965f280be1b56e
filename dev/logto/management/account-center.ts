import { z } from "zod";
import {
  addProfileField,
  changeAccountCenter,
  listProfileFields,
  readAccountCenter,
  type StoredProfileField,
} from "../experience/account-center.ts";
import type { Database } from "../store/database.ts";
import { ManagementError, translateSqlState } from "./errors.ts";
import { readInput } from "./input.ts";
import { type Api, readChange } from "./resource.ts";

const control = z.enum(["Off", "ReadOnly", "Edit"]).optional();
const changeSchema = z.object({
  enabled: z.boolean().optional(),
  fields: z
    .object({
      name: control,
      avatar: control,
      profile: control,
      email: control,
      phone: control,
      password: control,
      username: control,
      social: control,
      customData: control,
      mfa: control,
      passkey: control,
      session: control,
    })
    .optional(),
  webauthnRelatedOrigins: z.array(z.string()).optional(),
  deleteAccountUrl: z
    .string()
    .refine(isWebAddress, "deleteAccountUrl must be a valid http(s) URL")
    .nullish(),
  customCss: z.string().nullish(),
  profileFields: z.array(z.object({ name: z.string() })).nullish(),
});
const fieldSchema = z.object({
  name: z.string().min(1),
  type: z.string(),
  label: z.string().default(""),
  required: z.boolean(),
});

/** The account center's settings, and the catalogue of profile fields. */
export function addAccountCenterRoutes({ router, sql }: Api): void {
  router.get("/api/account-center", async (ctx) => {
    ctx.body = await readAccountCenter(sql);
  });

  router.patch("/api/account-center", async (ctx) => {
    const change = await readChange(ctx, changeSchema);
    await requireInCatalogue(sql, change.profileFields ?? []);
    ctx.body = await changeAccountCenter(sql, change);
  });

  router.get("/api/custom-profile-fields", async (ctx) => {
    ctx.body = (await listProfileFields(sql)).map(present);
  });

  router.post("/api/custom-profile-fields", async (ctx) => {
    const field = await addProfileField(sql, await readInput(ctx, fieldSchema));
    if (!field) throw translateSqlState("23505", "") ?? new Error("not a state");
    ctx.status = 201;
    ctx.body = present(field, (await listProfileFields(sql)).length - 1);
  });
}

function present(field: StoredProfileField, index: number) {
  return { tenantId: "default", ...field, description: null, config: {}, sieOrder: index + 1 };
}

/** @throws ManagementError */
async function requireInCatalogue(sql: Database, fields: { name: string }[]): Promise<void> {
  const known = new Set((await listProfileFields(sql)).map(({ name }) => name));
  const unknown = fields.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const message = `Cannot find entities with the given names: ${unknown.join(", ")}`;
  throw new ManagementError(400, "custom_profile_fields.entity_not_exists_with_names", message);
}

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
