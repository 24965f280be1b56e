-- Refuses, at the commit, to leave an organization without an owner who can act, even if the code before it forgot. It locks the
-- organization, so that two transactions cannot each rely on the owner whom the other one removes.
CREATE OR REPLACE FUNCTION require_owner()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
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
