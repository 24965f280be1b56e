import postgres from "postgres";

export type Database = postgres.Sql;
/** Either the pool or a transaction on it: every query function takes this, so that it can join in. */
export type Queryable = postgres.ISql;

export type JsonObject = Record<string, unknown>;
/** A part of a list. */
export type Page = { limit: number; offset: number };

/**
 * Opens the stand-in's own database and creates the tables that are missing. All state that must survive a restart is
 * here, so a restart signs no user out.
 */
export async function openDatabase(url: string): Promise<Database> {
  const sql = postgres(url, {
    max: 5,
    // Columns are in snake_case, fields in camelCase.
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    // Drops the notices "relation already exists, skipping" of every start.
    onnotice: () => {},
    // The server of DATABASE_URL may have other defaults.
    connection: {
      application_name: "logto-stand-in",
      TimeZone: "UTC",
      DateStyle: "ISO",
      search_path: "public",
    },
  });
  try {
    await sql.begin(async (transaction) => {
      // Two stand-ins started at once on one database must not race in CREATE TABLE.
      await transaction`select pg_advisory_xact_lock(71402)`;
      await transaction.unsafe(tables);
    });
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
  return sql;
}

// Times are stored to the microsecond, although the API tells milliseconds: lists are ordered by them.
const tables = `
create table if not exists settings (
  name text primary key,
  value jsonb not null
);
create table if not exists oidc_models (
  model text not null,
  id text not null,
  payload jsonb not null,
  expires_at timestamptz,
  primary key (model, id)
);
create index if not exists oidc_models_grant on oidc_models ((payload->>'grantId'));
create index if not exists oidc_models_account on oidc_models ((payload->>'accountId'));
create index if not exists oidc_models_uid on oidc_models ((payload->>'uid'));
create index if not exists oidc_models_expiry on oidc_models (expires_at);

create table if not exists users (
  id varchar(12) primary key,
  username varchar(128) unique,
  primary_email varchar(128),
  primary_phone varchar(128) unique,
  name varchar(128),
  avatar varchar(2048),
  password_digest text,
  custom_data jsonb not null default '{}',
  identities jsonb not null default '{}',
  profile jsonb not null default '{}',
  application_id text,
  is_suspended boolean not null default false,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create unique index if not exists users_email on users (lower(primary_email));
create unique index if not exists users_hugging_face on users ((identities->'huggingface'->>'userId'));

create table if not exists organizations (
  id varchar(21) primary key,
  name varchar(128) not null,
  description varchar(256),
  custom_data jsonb not null default '{}',
  is_mfa_required boolean not null default false,
  color jsonb not null default '{}',
  branding jsonb not null default '{}',
  custom_css text,
  created_at timestamptz not null default clock_timestamp()
);
create table if not exists hooks (
  id varchar(21) primary key,
  name varchar(256) not null default '',
  events jsonb not null,
  config jsonb not null,
  signing_key varchar(64) not null,
  enabled boolean not null default true,
  created_at timestamptz not null default clock_timestamp()
);
create table if not exists organization_scopes (
  id varchar(21) primary key,
  name varchar(128) not null unique,
  description varchar(256)
);
create table if not exists organization_roles (
  id varchar(21) primary key,
  name varchar(128) not null unique,
  description varchar(256),
  type text not null
);
create table if not exists organization_role_scopes (
  role_id text not null references organization_roles on delete cascade,
  scope_id text not null references organization_scopes on delete cascade,
  primary key (role_id, scope_id)
);
create table if not exists organization_users (
  organization_id text not null references organizations on delete cascade,
  user_id text not null references users on delete cascade,
  primary key (organization_id, user_id)
);
create index if not exists organization_users_user on organization_users (user_id);
create table if not exists organization_user_roles (
  organization_id text not null,
  user_id text not null,
  role_id text not null references organization_roles on delete cascade,
  primary key (organization_id, user_id, role_id),
  foreign key (organization_id, user_id)
    references organization_users (organization_id, user_id) on delete cascade
);
create table if not exists organization_jit_email_domains (
  organization_id text not null references organizations on delete cascade,
  email_domain varchar(128) not null,
  primary key (organization_id, email_domain)
);
create table if not exists organization_jit_roles (
  organization_id text not null references organizations on delete cascade,
  role_id text not null references organization_roles on delete cascade,
  primary key (organization_id, role_id)
);

create table if not exists applications (
  id text primary key,
  name varchar(256) not null,
  description text,
  type text not null,
  oidc_client_metadata jsonb not null,
  custom_client_metadata jsonb not null default '{}',
  custom_data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp()
);
create table if not exists application_secrets (
  application_id text not null references applications on delete cascade,
  name varchar(256) not null,
  value text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  primary key (application_id, name)
);
create table if not exists organization_applications (
  organization_id text not null references organizations on delete cascade,
  application_id text not null references applications on delete cascade,
  primary key (organization_id, application_id)
);
create table if not exists organization_application_roles (
  organization_id text not null,
  application_id text not null,
  role_id text not null references organization_roles on delete cascade,
  primary key (organization_id, application_id, role_id),
  foreign key (organization_id, application_id)
    references organization_applications (organization_id, application_id) on delete cascade
);

create table if not exists sso_connectors (
  id varchar(128) primary key,
  provider_name varchar(128) not null,
  connector_name varchar(128) not null unique,
  config jsonb not null default '{}',
  domains jsonb not null default '[]',
  branding jsonb not null default '{}',
  sync_profile boolean not null default false,
  created_at timestamptz not null default clock_timestamp()
);
create table if not exists organization_jit_sso_connectors (
  organization_id text not null references organizations on delete cascade,
  sso_connector_id text not null references sso_connectors on delete cascade,
  primary key (organization_id, sso_connector_id)
);
create table if not exists user_sso_identities (
  issuer text not null,
  identity_id text not null,
  user_id text not null references users on delete cascade,
  sso_connector_id text not null references sso_connectors on delete cascade,
  detail jsonb not null default '{}',
  primary key (issuer, identity_id)
);
alter table user_sso_identities
  add column if not exists id varchar(21) not null default substr(md5(random()::text), 1, 21),
  add column if not exists created_at timestamptz not null default clock_timestamp(),
  add column if not exists updated_at timestamptz not null default clock_timestamp();
create table if not exists totp_secrets (
  user_id text primary key references users on delete cascade,
  secret text not null
);
create table if not exists connectors (
  id varchar(128) primary key,
  connector_id varchar(128) not null unique,
  config jsonb not null,
  sync_profile boolean not null default false,
  created_at timestamptz not null default clock_timestamp()
);
`;

/** PostgreSQL's SQLSTATE of a failed query, or undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined;
}

/** @returns a value for a jsonb column, without members that JSON cannot hold */
export function toJson(value: object): postgres.JSONValue {
  return JSON.parse(JSON.stringify(value));
}
