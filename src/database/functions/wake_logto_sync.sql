-- Schedules the job that makes an organization equal here and at Logto. Of the organizations that one transaction wakes,
-- such as all of a person's, each is done after the one before and after another transaction's first one. An organization
-- that waits already keeps its place.
CREATE OR REPLACE FUNCTION wake_logto_sync(organization uuid)
RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  lane text := 'logto:' || organization;
  woken integer := coalesce(nullif(current_setting('app.woken', true), '')::integer, 0);
BEGIN
  PERFORM set_config('app.woken', (woken + 1)::text, true);
  PERFORM graphile_worker.add_job(
    identifier => 'logto.sync_organization',
    payload => json_build_object('organizationId', organization),
    queue_name => lane,
    job_key => lane,
    priority => least(woken, 30000, (
      SELECT j.priority FROM graphile_worker._private_jobs j WHERE j.key = lane AND j.locked_at IS NULL)));
END $$;
