-- Only instances of the release before authenticate_session() call it; remove it when none of them runs.
-- Finds the session of a cookie, its user, their organizations, and their role in the organization that the URL names,
-- perhaps by an address that it had in the last 90 days. No row: the session counts for nothing.
-- Its updates skip rows that another transaction holds (a sign-in, the deletion of the account), so that no request waits or
-- fails for them. It takes a session before its user. Those take a user before the sessions: waiting would be a deadlock.
-- Suspending a user revokes their sessions; the check of suspended_at is for one that begins at the same moment.
CREATE OR REPLACE FUNCTION authenticate(
  session_id_hash bytea,
  idle_limit interval,
  absolute_limit interval,
  requested_slug text
)
RETURNS TABLE(
  user_id uuid,
  name text,
  username text,
  email text,
  avatar_url text,
  session_data jsonb,
  organizations jsonb,
  last_organization_slug text,
  organization_id uuid,
  organization_name text,
  role role,
  organization_slug text,
  is_suspended boolean,
  is_deleted boolean,
  authentication_age double precision
)
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
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
     AND u.deleted_at IS NULL
     AND u.suspended_at IS NULL;
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
