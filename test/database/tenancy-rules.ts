import { applicationRole } from "../../src/database/database.ts";
import { featureTests } from "../features.ts";
import type { TestDatabase } from "../support/database.ts";

/** Tables that no organization owns, each with the reason why. */
const globalTables: Record<string, string> = {
  users: "a person is one person in all their organizations",
  identities: "belong to a person",
  email_proofs: "belong to a person",
  user_pictures: "belong to a person, and are shown to everyone who knows their path",
  sessions: "belong to a person: one signed-in browser in all their organizations",
  webhook_deliveries: "are about everybody at Logto: hints, kept for a week",
  sign_in_transactions: "begin before it is known who someone is",
  back_channel_logouts: "are of the identity provider: someone in all their organizations",
  limit_counters: "are about a person or an address in all organizations, by a hash",
  _prisma_migrations: "Prisma's own",
};

/** Exceptions, each with its reason. */
const exceptions: Record<string, string> = {
  "unique organization_slugs_slug_key": "an address leads to one organization among all",
  "policy organizations.of_current_user": "to read only: one's own organizations, for the switcher",
  "policy memberships.of_current_user": "to read only: one's own memberships",
  "policy organization_slugs.of_current_user":
    "to read only: the addresses of one's own organizations",
  "policy organization_slugs.released": "deletes only, after 90 days: release_slug()",
  "policy organizations.purgeable": "to read only, after 14 days: purgeable_organizations()",
  "policy membership_decisions.read_own":
    "to read only: the decisions about oneself, when one's account is deleted",
  "policy membership_decisions.mark_own":
    "changes only the decisions about oneself: the deletion of an account marks them",
  "table logto_organizations":
    "stays until the organization's counterpart at Logto is gone as well",
  "table logto_memberships": "goes with logto_organizations",
  "foreign key logto_memberships_organization_id_fkey":
    "is by organization_id: its parent is the organization's own",
  "unique logto_organizations_logto_id_key": "an organization at Logto is linked to one among all",
  "policy logto_organizations.of_reconciler":
    "to read only, which organization has which counterpart: find_organization_of_twin(), list_organizations_with_twins()",
  "policy organization_pictures.of_token_holder":
    "to read only: the picture whose path someone knows",
  "policy organizations.of_authenticator": "to read only, for the role of authenticate_session()",
  "policy memberships.of_authenticator": "to read only, for the role of authenticate_session()",
  "policy organization_slugs.of_authenticator":
    "to read only, for the role of authenticate_session()",
  "function authenticate_session": "finds the membership before there is a scope",
  ...Object.fromEntries(featureTests.flatMap((each) => Object.entries(each.tenancyRules ?? {}))),
};

/** The tenant itself; its id is what `organization_id` is elsewhere. */
const tenant = "organizations";

const tables = `
  select c.oid, c.relname::text as name, c.relkind::text as kind, c.relrowsecurity and c.relforcerowsecurity as "isForced",
         (select format_type(a.atttypid, null) || case when a.attnotnull then ' not null' else '' end
            from pg_attribute a
           where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as tenant,
         (select format('%s(%s)', a.confrelid::regclass, a.confdeltype)
            from pg_constraint a
           where a.conrelid = c.oid and a.contype = 'f' and a.confrelid = 'organizations'::regclass
             and (select array_agg(b.attname::text) from pg_attribute b
                   where b.attrelid = c.oid and b.attnum = any (a.conkey)) = '{organization_id}') as parent,
         has_table_privilege('${applicationRole}', c.oid, 'truncate, references, trigger') as "canTruncate"
    from pg_class c
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = 'public'::regnamespace`;

const uniqueIndexes = `
  select c.relname::text as name, t.relname::text as table, i.indisprimary as "isPrimary",
         (select array_agg(a.attname::text order by k.position)
            from unnest(i.indkey::int[]) with ordinality k (number, position)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) as columns
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_class t on t.oid = i.indrelid and t.relnamespace = 'public'::regnamespace
   where i.indisunique`;

const foreignKeys = `
  select k.conname::text as name, f.relname::text as from, t.relname::text as to,
         (select array_agg(a.attname || '=' || b.attname)
            from unnest(k.conkey, k.confkey) as pair (mine, theirs)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.mine
            join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.theirs) as columns
    from pg_constraint k
    join pg_class f on f.oid = k.conrelid
    join pg_class t on t.oid = k.confrelid
   where k.contype = 'f' and k.connamespace = 'public'::regnamespace`;

const policies = `
  select t.relname::text as table, p.polname::text as name, p.polcmd::text as command, p.polpermissive as "isPermissive",
         p.polroles = '{0}' or '${applicationRole}'::regrole = any (p.polroles) as "isForApplication",
         pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
    from pg_policy p join pg_class t on t.oid = p.polrelid and t.relnamespace = 'public'::regnamespace`;

const definers = `
  select proname::text as name from pg_proc where prosecdef and pronamespace = 'public'::regnamespace`;

type Table = {
  name: string;
  kind: string;
  isForced: boolean;
  tenant: string | null;
  parent: string | null;
  canTruncate: boolean;
};
type UniqueIndex = { name: string; table: string; isPrimary: boolean; columns: string[] | null };
type ForeignKey = { name: string; from: string; to: string; columns: string[] };
type Policy = {
  table: string;
  name: string;
  command: string;
  isPermissive: boolean;
  isForApplication: boolean;
  using: string | null;
  check: string | null;
};

/** Everything in a database that could let one organization reach into another; empty where it is sound. */
export async function findTenancyFaults({ query }: Pick<TestDatabase, "query">): Promise<string[]> {
  const all = await query<Table>(tables);
  const isTenantOwned = (name: string) => !(name in globalTables) && name !== tenant;
  const owned = all.filter(({ name, kind }) => kind === "r" && isTenantOwned(name));
  const faults = [
    ...all.filter(({ kind }) => kind !== "r").map(({ name }) => `${name}: not an ordinary table`),
    ...all.filter(({ canTruncate }) => canTruncate).map(({ name }) => `${name}: may be truncated`),
    ...all
      .filter(({ name, kind, isForced }) => kind === "r" && !(name in globalTables) && !isForced)
      .map(({ name }) => `${name}: row-level security is not enabled and forced`),
    ...owned
      .filter((table) => table.tenant !== "uuid not null")
      .map(({ name }) => `${name}: neither global nor with organization_id uuid not null`),
    ...owned
      .filter(
        ({ name, parent }) => parent !== "organizations(c)" && !(`table ${name}` in exceptions),
      )
      .map(({ name }) => `${name}: does not go away with its organization`),
    ...(await query<{ name: string }>(definers))
      .filter(({ name }) => !(`function ${name}` in exceptions))
      .map(({ name }) => `${name}(): security definer`),
    ...(await findKeyFaults(query, owned)),
    ...(await query<ForeignKey>(foreignKeys)).filter(isLoose).map(describeKey),
    ...(await findPolicyFaults(query, [tenant, ...owned.map(({ name }) => name)])),
  ];
  return faults.toSorted();

  /** Whether a foreign key may point into another organization. */
  function isLoose({ name, from, to, columns }: ForeignKey): boolean {
    if (to in globalTables || `foreign key ${name}` in exceptions) return false;
    const required = to === tenant ? "organization_id=id" : "organization_id=organization_id";
    return !columns.includes(required) || !isTenantOwned(from);
  }
}

const describeKey = ({ name, from }: ForeignKey) =>
  `${from}: the foreign key ${name} may point into another organization`;

async function findKeyFaults(query: TestDatabase["query"], owned: Table[]): Promise<string[]> {
  const indexes = await query<UniqueIndex>(uniqueIndexes);
  return owned.flatMap(({ name }) => {
    const mine = indexes.filter(({ table }) => table === name);
    const isLed = mine.some(
      ({ isPrimary, columns }) => isPrimary && columns?.[0] === "organization_id",
    );
    const wide = mine.filter(
      (index) =>
        !index.columns?.includes("organization_id") && !(`unique ${index.name}` in exceptions),
    );
    return [
      ...(isLed ? [] : [`${name}: its primary key does not begin with organization_id`]),
      ...wide.map((index) => `${name}: ${index.name} is unique across organizations`),
    ];
  });
}

/** Permissive policies add up, so each but the expected one needs a reason. */
async function findPolicyFaults(
  query: TestDatabase["query"],
  guarded: string[],
): Promise<string[]> {
  const present = await query<Policy>(policies);
  return guarded.flatMap((table) => {
    const id = table === tenant ? "id" : "organization_id";
    const expected = `(${id} = ( SELECT current_organization_id() AS current_organization_id))`;
    const mine = present.filter((policy) => policy.table === table);
    const isExpected = (policy: Policy) =>
      policy.command === "*" &&
      policy.isPermissive &&
      policy.isForApplication &&
      policy.using === expected &&
      policy.check === expected;
    return [
      ...(mine.some(isExpected)
        ? []
        : [`${table}: no policy holds reads and writes to the organization`]),
      ...mine
        .filter((policy) => policy.isPermissive && !isExpected(policy))
        .filter(({ name }) => !(`policy ${table}.${name}` in exceptions))
        .map(({ name }) => `${table}: the policy ${name} lets more through`),
    ];
  });
}

/** Exceptions and global tables that nothing needs any more. */
export async function findIdleExceptions({
  query,
}: Pick<TestDatabase, "query">): Promise<string[]> {
  const present = new Set<string>();
  for (const { name } of await query<Table>(tables)) present.add(name).add(`table ${name}`);
  for (const { name } of await query<UniqueIndex>(uniqueIndexes)) present.add(`unique ${name}`);
  for (const { name } of await query<ForeignKey>(foreignKeys)) present.add(`foreign key ${name}`);
  for (const { name } of await query<{ name: string }>(definers)) present.add(`function ${name}`);
  for (const { table, name } of await query<Policy>(policies))
    present.add(`policy ${table}.${name}`);
  return [...Object.keys(globalTables), ...Object.keys(exceptions)].filter(
    (name) => !present.has(name),
  );
}
