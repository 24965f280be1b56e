import { applicationRole, authenticatorRole } from "../../src/database/database.ts";
import { featureTests } from "../features.ts";
import type { TestDatabase } from "../support/database.ts";

/**
 * Tables that Citus would not distribute by `organization_id` (docs/scaling.md). A reference table has a copy on every node, a
 * local table is on the coordinator, and any other word is a distribution column. The reason says how statements find the rows.
 */
export const places: Record<string, [place: string, reason: string]> = {
  organizations: ["reference", "by its slug, and every table of an organization refers to it"],
  organization_slugs: ["reference", "a slug is unique among all organizations"],
  users: ["reference", "one person in all organizations: members and events refer to them"],
  identities: ["reference", "one person in all organizations: the list of members joins them"],
  sessions: ["id_hash", "by the hash of the cookie, before it is known whose it is"],
  email_proofs: ["local", "by person, at a sign-in"],
  user_pictures: ["local", "by the hash of the token in their path"],
  sign_in_transactions: ["local", "by the hash of the state, before it is known who signs in"],
  back_channel_logouts: ["local", "by the hash of a logout token"],
  limit_counters: ["local", "by a hash of a person or an address, in all organizations"],
  webhook_deliveries: ["local", "by the hash of the body"],
  logto_organizations: ["local", "by the id at Logto; changes together with the queue of jobs"],
  logto_memberships: ["local", "goes with logto_organizations"],
  _prisma_migrations: ["local", "Prisma's own"],
};

/** Breaches of today's schema, each with the change that would end it. `every` stands for all breaches of one rule. */
export const exceptions: Record<string, string> = {
  "every wrapped scope": "policies compare with current_organization_id() itself, not in a SELECT",
  "every update of a key": "foreign keys say ON UPDATE NO ACTION: an organization keeps its id",
  "every set_config": "functions say EXECUTE format('SET LOCAL …'), which reaches the workers",
  [`login ${applicationRole}`]: "may log in from node to node, and from nowhere else (pg_hba.conf)",
  [`login ${authenticatorRole}`]:
    "may log in from node to node, and from nowhere else (pg_hba.conf)",
  "policy organization_pictures.of_token_holder":
    "goes: the path of a picture names the organization",
  "policy memberships.of_authenticator": "a look-up table by person names the organizations",
  "policy organizations.of_current_user": "goes: read by the ids of one's memberships",
  "policy organization_slugs.of_current_user": "goes: read by the ids of one's memberships",
  "policy memberships.of_current_user": "goes: a look-up table by person names the organizations",
  "policy membership_decisions.read_own":
    "goes: the deletion of an account enters each organization",
  "policy membership_decisions.mark_own":
    "goes: the deletion of an account enters each organization",
  "trigger users.keep_proven_email": "proven_email becomes a generated column",
  "trigger identities.keep_proven_email": "proven_email becomes a generated column",
  "trigger users.users_stay_what_they_are": "no right to update is_machine",
  "trigger identities.identities_are_of_people": "the function that writes them checks",
  "trigger sessions.sessions_are_of_people": "the function that writes them checks",
  "trigger memberships.members_have_an_account": "enter_organization() and changeAsGuest() check",
  "trigger memberships.members_have_a_seat": "enter_organization() and changeAsGuest() check",
  "trigger memberships.owners_are_people": "enter_organization() and changeAsGuest() check",
  "trigger memberships.memberships_leave_an_owner": "a call before the commit checks",
  "trigger memberships.new_members_are_told": "a call before the commit adds the job",
  "trigger memberships.changed_members_are_told": "a call before the commit adds the job",
  "trigger memberships.former_members_are_told": "a call before the commit adds the job",
  "trigger organizations.organizations_have_an_owner": "a call before the commit checks",
  "trigger organizations.organizations_have_a_twin": "a call before the commit adds the job",
  "trigger organizations.organizations_tell_their_twin": "a call before the commit adds the job",
  ...Object.fromEntries(featureTests.flatMap((each) => Object.entries(each.citusRules ?? {}))),
};

/** A row for each breach. $1: the places; $2: the application's role. */
const breaches = String.raw`
  with placed as (
    select c.oid, c.relname::text as name, p.place, p.place not in ('reference', 'local') as "isDistributed",
           (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = p.place and a.attnotnull) as key
      from pg_class c, lateral (select coalesce($1::jsonb ->> c.relname, 'organization_id') as place) p
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace),
  foreign_keys as (
    select k.conname::text as name, f.place as "from", t.place as "to", f."isDistributed", f.key = any (k.conkey) as "isKeyed",
           array_position(k.conkey, f.key) = array_position(k.confkey, t.key) and f.place = t.place as "isColocated",
           k.confdeltype in ('a', 'r') and k.confupdtype in ('a', 'r') as "isPassive", k.confdeltype, k.confupdtype
      from pg_constraint k join placed f on f.oid = k.conrelid join placed t on t.oid = k.confrelid where k.contype = 'f'),
  policies as (
    select format('%s.%s', t.name, p.polname) as name, t."isDistributed", e.expression,
           regexp_replace(e.expression, '\( SELECT current_\w+\([^()]*\) AS \w+\)', '', 'g') as unwrapped
      from pg_policy p join placed t on t.oid = p.polrelid and t.place <> 'local',
           lateral (select concat(pg_get_expr(p.polqual, p.polrelid), ' ', pg_get_expr(p.polwithcheck, p.polrelid)) as expression) e)
  -- A distributed table has its distribution column in every row.
  select 'table' as rule, name as object from placed where "isDistributed" and key is null
  union all -- Each node checks uniqueness by itself.
  select 'unique', i.indexrelid::regclass::text from pg_index i join placed t on t.oid = i.indrelid
   where t."isDistributed" and (i.indisunique or i.indisexclusion) and (t.key = any (i.indkey::int2[])) is not true
  union all -- Both rows are on one node, and a key never moves.
  select 'foreign key', name from foreign_keys
   where case when "to" = 'reference' then false when "from" = 'local' then "to" <> 'local'
              when "from" = 'reference' then "to" <> 'local' or not "isPassive" else "isColocated" is not true end
      or ("isDistributed" and "isKeyed" and confdeltype in ('n', 'd'))
  union all
  select 'update of a key', name from foreign_keys where "isDistributed" and "isKeyed" and confupdtype in ('c', 'n', 'd')
  union all -- A policy has no subquery.
  select 'wrapped scope', name from policies where unwrapped <> expression
  union all -- A policy asks for the organization: otherwise Citus asks every node.
  select 'policy', name from policies where unwrapped like '%SELECT%' or ("isDistributed" and expression !~ '\morganization_id')
  union all -- Triggers need citus.enable_unsafe_triggers, and reach no other node.
  select 'trigger', format('%s.%s', t.name, g.tgname) from pg_trigger g join placed t on t.oid = g.tgrelid
   where not g.tgisinternal and t.place <> 'local'
  union all -- Workers get what SET LOCAL sets, with citus.propagate_set_commands = 'local', and nothing of set_config().
  select 'set_config', proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosrc like '%set_config(%'
  union all -- The coordinator logs in to workers as the role at work, which may be the owner of a SECURITY DEFINER function.
  select distinct 'login', rolname::text from pg_roles r
   where not rolcanlogin and (rolname = $2 or exists (
     select from pg_proc where prosecdef and proowner = r.oid and pronamespace = 'public'::regnamespace))
   order by 1, 2`;

type Breach = { rule: string; object: string };

/** Everything that Citus would refuse, or do otherwise than PostgreSQL does. */
export async function findBreaches({ query }: Pick<TestDatabase, "query">): Promise<Breach[]> {
  const named = Object.entries(places).map(([table, [place]]) => [table, place]);
  return query(breaches, [JSON.stringify(Object.fromEntries(named)), applicationRole]);
}

/** The name of the exception that allows a breach. */
export const exceptionFor = ({ rule, object }: Breach): string | undefined =>
  [`${rule} ${object}`, `every ${rule}`].find((name) => name in exceptions);
