-- Finds the organization that is linked to an organization at Logto.
CREATE OR REPLACE FUNCTION find_organization_of_twin(twin text)
RETURNS uuid
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  found uuid;
BEGIN
  PERFORM set_config('app.reconciling', 'on', true);
  SELECT o.organization_id INTO found FROM logto_organizations o WHERE o.logto_id = twin;
  PERFORM set_config('app.reconciling', '', true);
  RETURN found;
END $$;
