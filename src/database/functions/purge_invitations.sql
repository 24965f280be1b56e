-- Deletes invitations that were answered, withdrawn or left to expire 90 days ago, a thousand at a time.
CREATE OR REPLACE FUNCTION purge_invitations()
RETURNS bigint
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  purged bigint;
BEGIN
  PERFORM set_config('app.purging', 'on', true);
  DELETE FROM invitations i
   WHERE (i.organization_id, i.id) IN (
     SELECT j.organization_id, j.id FROM invitations j
      WHERE coalesce(j.closed_at, j.expires_at) < now() - interval '90 days'
      LIMIT 1000 FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS purged = ROW_COUNT;
  PERFORM set_config('app.purging', '', true);
  RETURN purged;
END $$;
