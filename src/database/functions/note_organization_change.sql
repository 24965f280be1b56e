-- Notes every change of an organization for Logto in the same transaction, so that no change is lost, and Logto never
-- learns about a change that was rolled back. The caller may work without a scope (a purge) or in a user's: the organization's scope is set for the moment.
CREATE OR REPLACE FUNCTION note_organization_change()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  organization uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  PERFORM set_config('app.organization_id', organization::text, true);
  INSERT INTO logto_organizations AS o (organization_id) VALUES (organization)
    ON CONFLICT (organization_id) DO UPDATE SET version = o.version + 1, changed_at = now();
  -- Nobody belongs to a deleted organization at Logto, where nothing else knows that it is deleted.
  IF TG_OP = 'UPDATE' AND OLD.deleted_at IS DISTINCT FROM NEW.deleted_at THEN
    UPDATE logto_memberships SET version = version + 1, changed_at = now() WHERE organization_id = organization;
  END IF;
  PERFORM wake_logto_sync(organization);
  PERFORM set_config('app.organization_id', scope, true);
  RETURN NULL;
END $$;
