import { applicationRole, authenticatorRole } from "./database.ts";
import { describeDatabaseFault, stateOf } from "./faults.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { listMigrations } from "./migrations.ts";
import { describeUnreachable, requireFitServer, UnfitDatabaseError } from "./server-check.ts";

export { UnfitDatabaseError } from "./server-check.ts";

type Queries = Pick<PrismaClient, "$queryRaw">;

/**
 * Refuses to start on a database with wrong connections (encoding, time zone, version), or where isolation would not hold:
 * row-level security does not bind the role or does not guard a tenant-owned table, the role that authenticates can do more than
 * that, or migrations are missing.
 *
 * @throws UnfitDatabaseError
 */
export async function checkDatabase(unscoped: Queries): Promise<void> {
  try {
    await requireFitServer((statement) => unscoped.$queryRaw(statement));
    await requireSameInstants(unscoped);
    await requireBoundRole(unscoped);
    await requireMigrations(unscoped);
    await requireJobs(unscoped);
    await requireGuardedTables(unscoped);
    await requireAuthenticator(unscoped);
    await requireNoOtherWay(unscoped);
  } catch (error) {
    throw error instanceof UnfitDatabaseError ? error : describe(error);
  }
}

function describe(error: unknown): UnfitDatabaseError {
  const state = stateOf(error);
  const fault = describeDatabaseFault(error);
  const namesRole = fault.includes(applicationRole);
  // An undefined table, or a role that is no valid value. PostgreSQL's messages may be in any language.
  if (state === "42P01" || (state === "22023" && namesRole)) {
    return new UnfitDatabaseError("The database has not been set up yet. Run: npm run db:migrate", {
      cause: error,
    });
  }
  if (state === "42501" && namesRole) {
    return new UnfitDatabaseError(
      `The login of DATABASE_URL may not work as the application's role (${fault}). As the owner of that role: GRANT ${applicationRole} TO that_login`,
      { cause: error },
    );
  }
  return describeUnreachable("DATABASE_URL", error);
}

/** One in summer and one in winter: London has UTC for half of the year. */
const instants = [new Date("2026-07-01T12:34:56.789Z"), new Date("2026-12-31T23:59:59.001Z")];

/** Checks that Prisma and PostgreSQL mean the same instant, when Prisma writes and when it reads. */
async function requireSameInstants(unscoped: Queries): Promise<void> {
  const [summer, winter] = instants;
  const [row] = await unscoped.$queryRaw<{ read: Date[]; stored: number[] }[]>`
    select array[${summer}::timestamptz, ${winter}::timestamptz] as "read",
           array[extract(epoch from ${summer}::timestamptz), extract(epoch from ${winter}::timestamptz)]::float8[] as "stored"`;
  const isSame = instants.every(
    (instant, index) =>
      row?.read[index]?.getTime() === instant.getTime() &&
      Math.round((row.stored[index] ?? 0) * 1000) === instant.getTime(),
  );
  if (isSame) return;
  throw new UnfitDatabaseError(
    "Times would be read back as other times. Is there a pool in between, or are there options in the address? ALTER ROLE that_login SET timezone = 'UTC' (docs/deployment.md, PgBouncer)",
  );
}

async function requireBoundRole(unscoped: Queries): Promise<void> {
  const [role] = await unscoped.$queryRaw<{ name: string; unbound: boolean; owns: boolean }[]>`
    select rolname::text as name,
           rolsuper or rolbypassrls as unbound,
           exists (select from pg_class
                    where relowner = pg_roles.oid and relnamespace = 'public'::regnamespace) as owns
      from pg_roles where rolname = current_user`;
  if (!role || role.unbound || role.owns) {
    throw new UnfitDatabaseError(
      `The application would work as the database role "${role?.name}", which row-level security does not bind ` +
        "(it is a superuser, has BYPASSRLS, or owns the tables). Remove a role from the `options` of DATABASE_URL; behind PgBouncer, take a login of its own (docs/deployment.md).",
    );
  }
}

async function requireMigrations(unscoped: Queries): Promise<void> {
  const applied = await unscoped.$queryRaw<{ migration_name: string }[]>`
    select migration_name from _prisma_migrations
     where finished_at is not null and rolled_back_at is null`;
  const names = new Set(applied.map((row) => row.migration_name));
  const pending = (await listMigrations()).filter((name) => !names.has(name));
  if (pending.length > 0) {
    throw new UnfitDatabaseError(
      `The database lacks ${pending.length === 1 ? "a migration" : "migrations"} (${pending.join(", ")}). Run: npm run db:migrate`,
    );
  }
}

/** `prisma migrate deploy` does not make them. */
async function requireJobs(unscoped: Queries): Promise<void> {
  const [jobs] = await unscoped.$queryRaw<{ areThere: boolean }[]>`
    select count(*) > 0 as "areThere" from pg_class
     where relname = '_private_jobs' and relnamespace = to_regnamespace('graphile_worker')`;
  if (jobs?.areThere) return;
  throw new UnfitDatabaseError("The database lacks the tables of jobs. Run: npm run db:migrate");
}

const isTenantOwned = Prisma.sql`
  c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  and (c.relname = 'organizations' or exists (
         select from pg_attribute a
          where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))`;

async function requireGuardedTables(unscoped: Queries): Promise<void> {
  const tables = await unscoped.$queryRaw<{ name: string; isGuarded: boolean; isKeyed: boolean }[]>`
    select c.relname::text as name,
           c.relrowsecurity and c.relforcerowsecurity and exists (
             select from pg_policy p
              where p.polrelid = c.oid and p.polcmd = '*'
                and pg_get_expr(p.polqual, c.oid) like '%current_organization_id()%'
                and pg_get_expr(p.polwithcheck, c.oid) like '%current_organization_id()%') as "isGuarded",
           c.relname = 'organizations' or exists (
             select from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
              where i.indrelid = c.oid and i.indisprimary and a.attname = 'organization_id') as "isKeyed"
      from pg_class c
     where ${isTenantOwned}
     order by 1`;
  refuse(
    "Without row-level security (ENABLE, FORCE, and a policy that holds reads and writes to the current organization)",
    tables.filter(({ isGuarded }) => !isGuarded),
  );
  refuse(
    "Without organization_id at the beginning of the primary key",
    tables.filter(({ isKeyed }) => !isKeyed),
  );
}

/** The application may call the function that authenticates, and nothing else may work as its owner. */
async function requireAuthenticator(unscoped: Queries): Promise<void> {
  const [role] = await unscoped.$queryRaw<
    { isStrong: boolean; isOurs: boolean; ownsFunction: boolean; isOpenToAll: boolean }[]
  >`
    select rolcanlogin or rolsuper or rolbypassrls as "isStrong",
           pg_has_role(current_user, oid, 'MEMBER') as "isOurs",
           exists (select from pg_proc p where ${isAuthentication} and p.prosecdef and p.proowner = pg_roles.oid) as "ownsFunction",
           exists (select from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    where ${isAuthentication} and a.grantee = 0) as "isOpenToAll"
      from pg_roles where rolname = ${authenticatorRole}`;
  refuseIf(!role, `The role ${authenticatorRole} is missing`);
  refuseIf(
    role?.isStrong,
    `The role ${authenticatorRole} can log in, is a superuser, or has BYPASSRLS`,
  );
  refuseIf(
    role?.isOurs,
    `The application's role is a member of ${authenticatorRole}, and so could read every organization`,
  );
  refuseIf(
    !role?.ownsFunction,
    `The function authenticate_session() is not SECURITY DEFINER, or does not belong to ${authenticatorRole}`,
  );
  refuseIf(role?.isOpenToAll, "Every role may call the function authenticate_session()");
}

function refuseIf(fault: boolean | undefined, text: string): void {
  if (fault !== false) throw new UnfitDatabaseError(`${text} (docs/deployment.md, PostgreSQL).`);
}

const isAuthentication = Prisma.sql`
  p.proname = 'authenticate_session' and p.pronamespace = 'public'::regnamespace`;

/** Only the role that authenticates has a policy of its own, which only reads; no policy of all roles is without a condition. */
async function requireNoOtherWay(unscoped: Queries): Promise<void> {
  const policies = await unscoped.$queryRaw<{ name: string }[]>`
    select c.relname || '.' || p.polname as name
      from pg_policy p join pg_class c on c.oid = p.polrelid
     where ${isTenantOwned}
       and not (p.polcmd = 'r' and p.polroles = array(select oid from pg_roles where rolname = ${authenticatorRole}))
       and (p.polroles <> array[0::oid] or pg_get_expr(p.polqual, c.oid) = 'true'
            or pg_get_expr(p.polwithcheck, c.oid) = 'true')
     order by 1`;
  refuse("Policies for another role, or without a condition", policies);
}

function refuse(fault: string, things: { name: string }[]): void {
  if (things.length === 0) return;
  throw new UnfitDatabaseError(`${fault}: ${things.map(({ name }) => name).join(", ")}.`);
}
