import type { Queryable } from "../store/database.ts";
import { createId } from "../store/ids.ts";
import { changeStored, readStored } from "../store/stored-settings.ts";

/** A field that registration or the profile page can ask for. */
export type ProfileField = { name: string; type: string; label: string; required: boolean };
export type StoredProfileField = ProfileField & { id: string; createdAt: number };

type AccountCenter = {
  enabled: boolean;
  /** `Off`, `ReadOnly` or `Edit`. */
  fields: Record<string, string>;
  profileFields: { name: string }[] | null;
};

/** The account pages of a fresh Logto: off. */
const fresh: AccountCenter & Record<string, unknown> = {
  tenantId: "default",
  id: "default",
  enabled: false,
  fields: {},
  webauthnRelatedOrigins: [],
  deleteAccountUrl: null,
  customCss: null,
  profileFields: null,
};

const name = "account center";
const catalogue = "profile fields";

export async function readAccountCenter(sql: Queryable): Promise<AccountCenter> {
  return { ...fresh, ...(await readStored(sql, name)) };
}

/** Each given member replaces the old one, whole. */
export async function changeAccountCenter(sql: Queryable, change: object): Promise<object> {
  await changeStored(sql, name, change);
  return readAccountCenter(sql);
}

/** Lists the oldest first. */
export async function listProfileFields(sql: Queryable): Promise<StoredProfileField[]> {
  const fields: Record<string, StoredProfileField> = { ...(await readStored(sql, catalogue)) };
  return Object.values(fields).toSorted((left, right) => left.createdAt - right.createdAt);
}

/** @returns undefined when there is one of that name already */
export async function addProfileField(
  sql: Queryable,
  field: ProfileField,
): Promise<StoredProfileField | undefined> {
  const present = await listProfileFields(sql);
  if (present.some((other) => other.name === field.name)) return undefined;
  const createdAt = Math.max(Date.now(), (present.at(-1)?.createdAt ?? 0) + 1);
  const stored = { id: createId(21), ...field, createdAt };
  await changeStored(sql, catalogue, { [field.name]: stored });
  return stored;
}
