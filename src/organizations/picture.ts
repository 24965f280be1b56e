import type { TenantDatabase } from "../database/database.ts";
import { createPicturePath } from "../pictures/picture-path.ts";
import { changeAs, changed, type ChangingMember, unchanged } from "../tenancy/change-as.ts";

/** Replaces the picture of an organization. @throws what {@link changeAs} throws */
export function changePicture(
  database: TenantDatabase,
  actor: ChangingMember,
  content: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const { id } = actor.organization;
  const { path, tokenHash } = createPicturePath();
  return changeAs(database, actor, "organization:update", async (tx) => {
    // SQL, whose insert waits for one that another admin makes at the same time; Prisma's upsert would fail.
    await tx.$executeRaw`
      insert into organization_pictures (organization_id, token_hash, content)
      values (${id}::uuid, ${tokenHash}, ${content})
          on conflict (organization_id) do update
         set token_hash = excluded.token_hash, content = excluded.content, created_at = now()`;
    await tx.organization.update({ where: { id }, data: { picturePath: path } });
    return changed({ action: "organization.picture_changed", target: target(id) });
  });
}

/** Removes the picture of an organization, if it has one. @throws what {@link changeAs} throws */
export function removePicture(database: TenantDatabase, actor: ChangingMember): Promise<void> {
  const { id } = actor.organization;
  return changeAs(database, actor, "organization:update", async (tx) => {
    const { count } = await tx.organizationPicture.deleteMany({ where: { organizationId: id } });
    if (count === 0) return unchanged;
    await tx.organization.update({ where: { id }, data: { picturePath: null } });
    return changed({ action: "organization.picture_removed", target: target(id) });
  });
}

const target = (id: string) => ({ type: "organization", id });
