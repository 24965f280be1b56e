-- Lists the organizations that were deleted 14 days ago or earlier.
CREATE OR REPLACE FUNCTION purgeable_organizations()
RETURNS SETOF uuid
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.purging', 'on', true);
  RETURN QUERY SELECT id FROM organizations WHERE deleted_at < now() - interval '14 days';
  PERFORM set_config('app.purging', '', true);
END $$;
