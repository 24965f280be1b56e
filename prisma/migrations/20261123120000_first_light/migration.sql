-- CreateEnum
CREATE TYPE "role" AS ENUM ('owner', 'admin', 'member', 'viewer');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT,
    "username" TEXT,
    "email" TEXT,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "avatar_url" TEXT,
    "sessions_valid_after" TIMESTAMPTZ(3),
    "last_organization_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identities" (
    "user_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "handle" TEXT,
    "name" TEXT,
    "email" TEXT,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "avatar_url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identities_pkey" PRIMARY KEY ("user_id","provider")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id_hash" BYTEA NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "idp_sid" TEXT,
    "user_agent" TEXT,
    "ip" INET,
    "revoked_at" TIMESTAMPTZ(3),
    "revoke_reason" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id_hash")
);

-- CreateTable
CREATE TABLE "sign_in_transactions" (
    "state_hash" BYTEA NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "nonce" TEXT NOT NULL,
    "code_verifier" TEXT NOT NULL,
    "return_to" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),
    "result_session_hash" BYTEA,

    CONSTRAINT "sign_in_transactions_pkey" PRIMARY KEY ("state_hash")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateIndex
CREATE INDEX "users_last_organization_id_idx" ON "users"("last_organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_issuer_subject_key" ON "users"("issuer", "subject");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_created_at_idx" ON "sessions"("created_at");

-- CreateIndex
CREATE INDEX "sign_in_transactions_expires_at_idx" ON "sign_in_transactions"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_last_organization_id_fkey" FOREIGN KEY ("last_organization_id") REFERENCES "organizations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identities" ADD CONSTRAINT "identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Below: what Prisma's schema language cannot say. test/database/ holds it to the schema.

-- The role the application works as: it owns nothing, so that row-level security binds it.
-- Roles belong to the whole server, hence "if not exists"; two databases may be migrated at once,
-- hence the exceptions.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenantry_app') THEN
    CREATE ROLE tenantry_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

-- Lets the migrating role's own login step down to it (SET ROLE), so that one DATABASE_URL is enough.
-- Not permitted where somebody else made the role; then that somebody grants it.
DO $$
BEGIN
  EXECUTE format('GRANT tenantry_app TO %I', current_user);
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;

GRANT USAGE ON SCHEMA public TO tenantry_app;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON users, identities, sessions, sign_in_transactions, organizations, memberships
  TO tenantry_app;

-- Boot compares the applied migrations with those in the image. A shadow database has no such table.
DO $$
BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    GRANT SELECT ON _prisma_migrations TO tenantry_app;
  END IF;
END $$;

-- Who asks, and inside which organization: set per transaction, null outside of one. Once set in a
-- session, a setting reads as '' afterwards, hence nullif.
CREATE FUNCTION current_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user_id', true), '')::uuid;
CREATE FUNCTION current_organization_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.organization_id', true), '')::uuid;

ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON memberships
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
CREATE POLICY of_current_user ON memberships FOR SELECT
  USING (user_id = (SELECT current_user_id()));

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY current_organization ON organizations
  USING (id = (SELECT current_organization_id()))
  WITH CHECK (id = (SELECT current_organization_id()));
CREATE POLICY of_current_user ON organizations FOR SELECT
  USING (EXISTS (
    SELECT FROM memberships
    WHERE memberships.organization_id = organizations.id
      AND memberships.user_id = (SELECT current_user_id())
  ));

-- One round trip for every request: session, user, the first hundred of the user's organizations (for
-- the switcher), and where the URL names an organization, that one and the role in it; where it names
-- none, the one that was opened last.
-- No row: not signed in. No organization_id in it: unknown, or not theirs.
-- Also notes that the session is in use, at most once a minute, and which organization was opened.
CREATE FUNCTION authenticate(
  session_id_hash bytea,
  idle_limit interval,
  absolute_limit interval,
  organization_slug text
) RETURNS TABLE (
  user_id uuid, name text, username text, email text, avatar_url text,
  session_data jsonb, organizations jsonb,
  last_organization_slug text,
  organization_id uuid, organization_name text, role role
) LANGUAGE plpgsql AS $$
DECLARE
  seen timestamptz;
  last_organization uuid;
BEGIN
  SELECT u.id, u.name, u.username, u.email, u.avatar_url,
         s.data, s.last_seen_at, u.last_organization_id
    INTO user_id, name, username, email, avatar_url,
         session_data, seen, last_organization
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.id_hash = session_id_hash
     AND s.revoked_at IS NULL
     AND s.last_seen_at > now() - idle_limit
     AND s.created_at > now() - absolute_limit
     AND (u.sessions_valid_after IS NULL OR s.created_at > u.sessions_valid_after);
  IF NOT FOUND THEN
    RETURN;
  END IF;

  IF seen < now() - interval '1 minute' THEN
    UPDATE sessions s SET last_seen_at = now()
     WHERE s.id_hash = session_id_hash
       AND s.revoked_at IS NULL
       AND s.last_seen_at < now() - interval '1 minute';
  END IF;

  PERFORM set_config('app.user_id', user_id::text, true);
  SELECT coalesce(jsonb_agg(mine), '[]') INTO organizations
    FROM (SELECT o.name, o.slug, m.role
            FROM memberships m JOIN organizations o ON o.id = m.organization_id
           WHERE m.user_id = authenticate.user_id
           ORDER BY o.name, o.id
           LIMIT 100) mine;

  IF organization_slug IS NULL THEN
    -- Row-level security shows it only to those who still belong to it.
    SELECT o.slug INTO last_organization_slug FROM organizations o WHERE o.id = last_organization;
  ELSE
    SELECT o.id, o.name, m.role
      INTO organization_id, organization_name, role
      FROM organizations o
      JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate.user_id
     WHERE o.slug = organization_slug;
    IF FOUND AND last_organization IS DISTINCT FROM organization_id THEN
      UPDATE users u SET last_organization_id = organization_id WHERE u.id = authenticate.user_id;
    END IF;
  END IF;

  RETURN NEXT;
END $$;
