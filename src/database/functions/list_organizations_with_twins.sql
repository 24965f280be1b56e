-- Lists the organizations that changed since then, by id, a batch at a time; also removed ones that are still at Logto.
CREATE OR REPLACE FUNCTION list_organizations_with_twins(
  after uuid,
  since timestamp with time zone,
  batch integer
)
RETURNS TABLE(organization_id uuid, logto_id text)
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.reconciling', 'on', true);
  RETURN QUERY
    SELECT o.organization_id, o.logto_id FROM logto_organizations o
     WHERE o.organization_id > after AND o.changed_at >= since ORDER BY o.organization_id LIMIT batch;
  PERFORM set_config('app.reconciling', '', true);
END $$;
