-- Finds the session of a cookie, its user, and their role in the organization that the URL names, perhaps by an address that
-- it had in the last 90 days. No row: the session counts for nothing.
-- It belongs to a role that policies show all organizations and memberships, so that they do not slow each request
-- (docs/decisions/027-one-flush-a-request.md); the application may only call it.
-- It sets the scope for the statement that follows in the same transaction: the organization, if the user is an active member;
-- else the user, if the URL names no organization. then_reads: that statement cannot write.
-- for_page: with the user's organizations, for the switcher.
-- It notes which organization this session opened last, for this browser, and for the next sign-in.
-- Its updates skip rows that another transaction holds (a sign-in, the deletion of the account), so that no request waits or
-- fails for them, and there is no deadlock.
-- Suspending a user revokes their sessions; the check of suspended_at is for one that begins at the same moment.
CREATE OR REPLACE FUNCTION authenticate_session(
  session_id_hash bytea,
  idle_seconds double precision,
  absolute_seconds double precision,
  requested_slug text,
  for_page boolean,
  then_reads boolean
)
RETURNS TABLE(
  user_id uuid,
  name text,
  username text,
  shown_email text,
  is_shown_email_proven boolean,
  avatar_url text,
  time_zone text,
  session_data jsonb,
  authentication_age double precision,
  organizations jsonb,
  last_organization_slug text,
  organization_id uuid,
  organization_name text,
  organization_slug text,
  role role,
  is_suspended boolean,
  is_deleted boolean
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
  seen timestamptz;
  last_of_session uuid;
  last_of_user uuid;
BEGIN
  SELECT u.id, u.name, u.username, coalesce(u.email, i.email),
         CASE WHEN u.email IS NULL THEN i.proven_email ELSE u.proven_email END IS NOT NULL,
         u.avatar_url, u.time_zone, s.data, extract(epoch FROM now() - s.authenticated_at), s.last_seen_at, s.last_organization_id, u.last_organization_id
    INTO user_id, name, username, shown_email, is_shown_email_proven,
         avatar_url, time_zone, session_data, authentication_age, seen, last_of_session, last_of_user
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    LEFT JOIN identities i ON i.user_id = s.user_id AND i.provider = 'huggingface'
   WHERE s.id_hash = session_id_hash
     AND s.revoked_at IS NULL
     AND s.last_seen_at > now() - make_interval(secs => idle_seconds)
     AND s.created_at > now() - make_interval(secs => absolute_seconds)
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

  IF for_page THEN
    SELECT coalesce(jsonb_agg(mine), '[]') INTO organizations
      FROM (SELECT o.id, o.name, o.slug, o.picture_path AS picture, m.role
              FROM memberships m JOIN organizations o ON o.id = m.organization_id
             WHERE m.user_id = authenticate_session.user_id
               AND m.suspended_at IS NULL AND o.deleted_at IS NULL
             ORDER BY o.name, o.id
             LIMIT 100) mine;
  END IF;

  IF requested_slug IS NULL THEN
    SELECT o.slug INTO last_organization_slug
      FROM organizations o
      JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate_session.user_id
     WHERE o.id = coalesce(last_of_session, last_of_user) AND m.suspended_at IS NULL AND o.deleted_at IS NULL;
    IF NOT FOUND AND last_of_session IS NOT NULL THEN
      SELECT o.slug INTO last_organization_slug
        FROM organizations o
        JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate_session.user_id
       WHERE o.id = last_of_user AND m.suspended_at IS NULL AND o.deleted_at IS NULL;
    END IF;
    PERFORM set_config('app.user_id', user_id::text, true);
  ELSE
    SELECT o.id, o.name, o.slug, m.role, m.suspended_at IS NOT NULL, o.deleted_at IS NOT NULL
      INTO organization_id, organization_name, organization_slug, role, is_suspended, is_deleted
      FROM organizations o
      JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate_session.user_id
     WHERE o.slug = requested_slug;
    IF NOT FOUND THEN
      SELECT o.id, o.name, o.slug, m.role, m.suspended_at IS NOT NULL, o.deleted_at IS NOT NULL
        INTO organization_id, organization_name, organization_slug, role, is_suspended, is_deleted
        FROM organization_slugs s
        JOIN organizations o ON o.id = s.organization_id
        JOIN memberships m ON m.organization_id = o.id AND m.user_id = authenticate_session.user_id
       WHERE s.slug = requested_slug AND s.retired_at > now() - interval '90 days';
    ELSIF NOT is_suspended AND NOT is_deleted THEN
      IF last_of_session IS DISTINCT FROM organization_id THEN
        IF last_of_user IS DISTINCT FROM organization_id THEN
          UPDATE users u SET last_organization_id = authenticate_session.organization_id
           WHERE u.id = (
             SELECT t.id FROM users t
              WHERE t.id = authenticate_session.user_id AND t.deleted_at IS NULL
                FOR NO KEY UPDATE SKIP LOCKED)
          RETURNING u.last_organization_id INTO last_of_user;
        END IF;
        -- Else the next request tries it again.
        IF last_of_user = organization_id THEN
          UPDATE sessions s SET last_organization_id = authenticate_session.organization_id
           WHERE s.id_hash = (
             SELECT t.id_hash FROM sessions t
              WHERE t.id_hash = session_id_hash AND t.revoked_at IS NULL
                FOR NO KEY UPDATE SKIP LOCKED);
        END IF;
      END IF;
      PERFORM set_config('app.organization_id', organization_id::text, true);
    END IF;
  END IF;

  IF then_reads THEN
    PERFORM set_config('transaction_read_only', 'on', true);
  END IF;
  RETURN NEXT;
END $$;
