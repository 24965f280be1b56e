-- Finds the subject of an organization token, the organization that it was issued for (by its id at Logto), and the one that
-- the URL names, perhaps by an address that it had in the last 90 days.
-- No row: the token counts for nothing here, since there is no such user, they are suspended or have deleted their account, or
-- it is another organization's. A row without organization_id: the user does not belong to the organization.
-- It leaves the scope of the organization for a statement that reads in the same transaction, if the user is an active member.
CREATE OR REPLACE FUNCTION authenticate_token(
  token_issuer text,
  token_subject text,
  twin text,
  requested_slug text
)
RETURNS TABLE(
  user_id uuid,
  name text,
  username text,
  email text,
  avatar_url text,
  organization_id uuid,
  organization_name text,
  organization_slug text,
  role role,
  is_suspended boolean,
  is_deleted boolean
)
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  organization uuid;
BEGIN
  SELECT u.id, u.name, u.username, u.email, u.avatar_url
    INTO user_id, name, username, email, avatar_url
    FROM users u
   WHERE u.issuer = token_issuer AND u.subject = token_subject
     AND u.deleted_at IS NULL AND u.suspended_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  organization := find_organization_of_twin(twin);
  PERFORM set_config('app.organization_id', organization::text, true);
  -- Row-level security shows this one organization, and its addresses.
  SELECT o.name, o.slug, o.deleted_at IS NOT NULL
    INTO organization_name, organization_slug, is_deleted
    FROM organizations o
   WHERE o.id = organization
     AND (o.slug = requested_slug OR EXISTS (
       SELECT FROM organization_slugs s
        WHERE s.organization_id = organization AND s.slug = requested_slug
          AND s.retired_at > now() - interval '90 days'));
  IF NOT FOUND THEN
    PERFORM set_config('app.organization_id', '', true);
    RETURN;
  END IF;

  SELECT m.organization_id, m.role, m.suspended_at IS NOT NULL
    INTO organization_id, role, is_suspended
    FROM memberships m
   WHERE m.organization_id = organization AND m.user_id = authenticate_token.user_id;
  IF role IS NULL OR is_suspended OR is_deleted THEN
    PERFORM set_config('app.organization_id', '', true);
  END IF;
  PERFORM set_config('transaction_read_only', 'on', true);
  RETURN NEXT;
END $$;
