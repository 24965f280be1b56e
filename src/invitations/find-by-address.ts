import type { Transaction } from "../database/database.ts";

/**
 * Finds the addresses that belong to members; call it inside the organization's scope.
 *
 * @param addresses e-mail addresses in the form of `normalizeEmail`, and names at Hugging Face as `@ada`
 */
export async function findMembersByAddress(
  tx: Transaction,
  organization: { id: string },
  addresses: readonly string[],
): Promise<Set<string>> {
  const handles = addresses.map((address) => address.replace(/^@/, ""));
  const rows = await tx.$queryRaw<{ address: string }[]>`
    with known (user_id, address) as (
      select id, proven_email from users where proven_email = any (${addresses}::text[])
      union all
      select user_id, proven_email from identities where proven_email = any (${addresses}::text[])
      union all
      select user_id, '@' || lower(handle collate "C") from identities
       where provider = 'huggingface' and lower(handle collate "C") = any (${handles}::text[]))
    select distinct k.address from known k
      join memberships m on m.user_id = k.user_id and m.organization_id = ${organization.id}::uuid
     where k.address = any (${addresses}::text[])`;
  return new Set(rows.map(({ address }) => address));
}
