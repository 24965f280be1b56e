-- AlterTable
ALTER TABLE "users" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "authenticated_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "sign_in_transactions" ADD COLUMN     "is_reauthentication" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "memberships" ADD COLUMN     "suspended_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "organization_slugs" (
    "organization_id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "organization_slugs_pkey" PRIMARY KEY ("organization_id","slug")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,
    "ip" INET,
    "user_agent" TEXT,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "organization_slugs_slug_key" ON "organization_slugs"("slug");

-- CreateIndex
CREATE INDEX "audit_events_organization_id_occurred_at_id_idx" ON "audit_events"("organization_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_organization_id_action_occurred_at_id_idx" ON "audit_events"("organization_id", "action", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_organization_id_actor_id_occurred_at_id_idx" ON "audit_events"("organization_id", "actor_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "memberships_organization_id_created_at_user_id_idx" ON "memberships"("organization_id", "created_at", "user_id");

-- AddForeignKey
ALTER TABLE "organization_slugs" ADD CONSTRAINT "organization_slugs_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Below: what Prisma's schema language cannot say.

-- FORCE binds the owner too, who for once has to read all organizations.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
INSERT INTO organization_slugs (organization_id, slug) SELECT id, slug FROM organizations;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON organization_slugs TO tenantry_app;
-- Append-only. Only the purge of a whole organization removes events, through the foreign key.
GRANT SELECT, INSERT ON audit_events TO tenantry_app;

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON audit_events
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));

ALTER TABLE organization_slugs ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_slugs FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON organization_slugs
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
CREATE POLICY of_current_user ON organization_slugs FOR SELECT
  USING (EXISTS (
    SELECT FROM memberships
    WHERE memberships.organization_id = organization_slugs.organization_id
      AND memberships.user_id = (SELECT current_user_id())
  ));

-- Time has run out for these, whosever they are: the two functions below see them, and nothing else does.
CREATE POLICY released ON organization_slugs
  USING ((SELECT current_setting('app.purging', true)) = 'on' AND retired_at < now() - interval '90 days')
  WITH CHECK (false);
CREATE POLICY purgeable ON organizations FOR SELECT
  USING ((SELECT current_setting('app.purging', true)) = 'on' AND deleted_at < now() - interval '14 days');

-- Frees an address whose organization has had another one for 90 days.
CREATE FUNCTION release_slug(wanted text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.purging', 'on', true);
  DELETE FROM organization_slugs WHERE slug = wanted AND retired_at < now() - interval '90 days';
  PERFORM set_config('app.purging', '', true);
END $$;

-- The organizations that were deleted 14 days ago or earlier.
CREATE FUNCTION purgeable_organizations() RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.purging', 'on', true);
  RETURN QUERY SELECT id FROM organizations WHERE deleted_at < now() - interval '14 days';
  PERFORM set_config('app.purging', '', true);
END $$;

-- Begins a change of an organization: sets the scope, and tells the actor's role as it is now; it stays
-- so until the end of the transaction, since the row is locked. Null: not a member, or suspended.
-- Exclusively: changes of who belongs to an organization wait for each other, so that what they check
-- (is there another owner?) still holds when they commit.
CREATE FUNCTION enter_organization(
  organization uuid,
  member uuid,
  exclusively boolean
) RETURNS TABLE (role role, is_deleted boolean) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.organization_id', organization::text, true);
  IF exclusively THEN
    PERFORM FROM organizations o WHERE o.id = organization FOR NO KEY UPDATE;
  END IF;
  RETURN QUERY
    SELECT m.role, o.deleted_at IS NOT NULL
      FROM memberships m JOIN organizations o ON o.id = m.organization_id
     WHERE m.organization_id = organization AND m.user_id = member AND m.suspended_at IS NULL
       FOR SHARE OF m;
END $$;

-- The last wall: no transaction that leaves an organization without an owner who can act commits,
-- whatever the code before it forgot. It locks the organization, so that two of them cannot each rely
-- on the owner whom the other one takes away.
CREATE FUNCTION require_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  organization uuid;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  IF TG_TABLE_NAME = 'organizations' THEN
    organization := NEW.id;
  ELSE
    organization := OLD.organization_id;
  END IF;
  PERFORM set_config('app.organization_id', organization::text, true);
  PERFORM FROM organizations o WHERE o.id = organization FOR NO KEY UPDATE;
  IF FOUND AND NOT EXISTS (
    SELECT FROM memberships m
     WHERE m.organization_id = organization AND m.role = 'owner' AND m.suspended_at IS NULL
  ) THEN
    RAISE EXCEPTION 'organization % would be without an owner', organization
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organizations_have_an_owner';
  END IF;
  PERFORM set_config('app.organization_id', scope, true);
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER organizations_have_an_owner AFTER INSERT ON organizations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_owner();
CREATE CONSTRAINT TRIGGER memberships_leave_an_owner AFTER UPDATE OR DELETE ON memberships
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION require_owner();

-- Whoever has deleted their account joins nothing any more, however long ago the request was let in that
-- would have them join. The lock waits for a deletion that is under way, and keeps one that comes next
-- waiting until it can see the new membership.
CREATE FUNCTION refuse_deleted_user() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  deleted timestamptz;
BEGIN
  SELECT u.deleted_at INTO deleted FROM users u WHERE u.id = NEW.user_id FOR SHARE;
  IF deleted IS NOT NULL THEN
    RAISE EXCEPTION 'user % has deleted their account', NEW.user_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'members_have_an_account';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER members_have_an_account BEFORE INSERT ON memberships
  FOR EACH ROW EXECUTE FUNCTION refuse_deleted_user();

-- As before, and: the organization may be named by an address it had in the last 90 days (its present one
-- comes back); whether the membership is suspended or the organization deleted (then the switcher leaves
-- it out); how long ago the person proved who they are.
-- What it notes by the way waits for nobody and fails for nobody: a row that something else is changing (a
-- sign-in, the deletion of the account) is left alone. It takes a session before its user and they a user
-- before the sessions, so that waiting for each other would end in a deadlock.
DROP FUNCTION authenticate(bytea, interval, interval, text);
CREATE FUNCTION authenticate(
  session_id_hash bytea,
  idle_limit interval,
  absolute_limit interval,
  requested_slug text
) RETURNS TABLE (
  user_id uuid, name text, username text, email text, avatar_url text,
  session_data jsonb, organizations jsonb,
  last_organization_slug text,
  organization_id uuid, organization_name text, role role,
  organization_slug text, is_suspended boolean, is_deleted boolean,
  authentication_age double precision
) LANGUAGE plpgsql AS $$
DECLARE
  seen timestamptz;
  last_organization uuid;
BEGIN
  SELECT u.id, u.name, u.username, u.email, u.avatar_url,
         s.data, s.last_seen_at, u.last_organization_id,
         extract(epoch FROM now() - s.authenticated_at)
    INTO user_id, name, username, email, avatar_url,
         session_data, seen, last_organization, authentication_age
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.id_hash = session_id_hash
     AND s.revoked_at IS NULL
     AND s.last_seen_at > now() - idle_limit
     AND s.created_at > now() - absolute_limit
     AND (u.sessions_valid_after IS NULL OR s.created_at > u.sessions_valid_after)
     AND u.deleted_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  IF seen < now() - interval '1 minute' THEN
    UPDATE sessions s SET last_seen_at = now()
     WHERE s.id_hash = (
       SELECT t.id_hash FROM sessions t
        WHERE t.id_hash = session_id_hash
          AND t.revoked_at IS NULL
          AND t.last_seen_at < now() - interval '1 minute'
          FOR NO KEY UPDATE SKIP LOCKED);
  END IF;

  PERFORM set_config('app.user_id', user_id::text, true);
  SELECT coalesce(jsonb_agg(mine), '[]') INTO organizations
    FROM (SELECT o.name, o.slug, m.role
            FROM memberships m JOIN organizations o ON o.id = m.organization_id
           WHERE m.user_id = authenticate.user_id
             AND m.suspended_at IS NULL AND o.deleted_at IS NULL
           ORDER BY o.name, o.id
           LIMIT 100) mine;

  IF requested_slug IS NULL THEN
    -- Row-level security shows it only to those who still belong to it.
    SELECT o.slug INTO last_organization_slug
      FROM organizations o
      JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate.user_id
     WHERE o.id = last_organization AND m.suspended_at IS NULL AND o.deleted_at IS NULL;
  ELSE
    SELECT o.id, o.name, o.slug, m.role, m.suspended_at IS NOT NULL, o.deleted_at IS NOT NULL
      INTO organization_id, organization_name, organization_slug, role, is_suspended, is_deleted
      FROM organizations o
      JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate.user_id
     WHERE o.slug = requested_slug;
    IF NOT FOUND THEN
      SELECT o.id, o.name, o.slug, m.role, m.suspended_at IS NOT NULL, o.deleted_at IS NOT NULL
        INTO organization_id, organization_name, organization_slug, role, is_suspended, is_deleted
        FROM organization_slugs s
        JOIN organizations o ON o.id = s.organization_id
        JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate.user_id
       WHERE s.slug = requested_slug AND s.retired_at > now() - interval '90 days';
    ELSIF last_organization IS DISTINCT FROM organization_id AND NOT is_suspended AND NOT is_deleted THEN
      BEGIN
        UPDATE users u SET last_organization_id = organization_id
         WHERE u.id = (
           SELECT t.id FROM users t
            WHERE t.id = authenticate.user_id AND t.deleted_at IS NULL
              FOR NO KEY UPDATE SKIP LOCKED);
      EXCEPTION WHEN foreign_key_violation OR deadlock_detected THEN
        -- The organization has just been removed for good, or is about to be.
        NULL;
      END;
    END IF;
  END IF;

  RETURN NEXT;
END $$;
