-- Notes for Logto what a statement changed in memberships, once for all of its rows. For an organization that is being removed
-- for good, only the removal is noted.
CREATE OR REPLACE FUNCTION note_membership_changes()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  organization uuid;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  FOR organization IN SELECT DISTINCT c.organization_id FROM changed c ORDER BY 1 LOOP
    PERFORM set_config('app.organization_id', organization::text, true);
    IF EXISTS (SELECT FROM organizations o WHERE o.id = organization) THEN
      INSERT INTO logto_organizations (organization_id) VALUES (organization)
        ON CONFLICT (organization_id) DO UPDATE SET changed_at = now();
      INSERT INTO logto_memberships AS m (organization_id, user_id)
        SELECT c.organization_id, c.user_id FROM changed c WHERE c.organization_id = organization ORDER BY 2
        ON CONFLICT (organization_id, user_id) DO UPDATE SET version = m.version + 1, changed_at = now();
      PERFORM wake_logto_sync(organization);
    END IF;
  END LOOP;
  PERFORM set_config('app.organization_id', scope, true);
  RETURN NULL;
END $$;
