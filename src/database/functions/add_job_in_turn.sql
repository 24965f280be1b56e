-- Adds a job. The more jobs of the same share wait, the later it is done, so that a person or an organization that adds hundreds
-- waits for them and nobody else does.
CREATE OR REPLACE FUNCTION add_job_in_turn(
  kind text,
  payload json,
  lowest_rank integer DEFAULT 0,
  share text DEFAULT NULL,
  job_key text DEFAULT NULL,
  queue text DEFAULT NULL,
  delay double precision DEFAULT 0
)
RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  ahead integer := 0;
BEGIN
  IF share IS NOT NULL THEN
    SELECT count(*) INTO ahead FROM graphile_worker._private_jobs j
     WHERE j.flags ? share AND j.attempts < j.max_attempts AND (job_key IS NULL OR j.key IS DISTINCT FROM job_key);
  END IF;
  -- One of the same key that was given up: this one does it.
  PERFORM graphile_worker.complete_jobs(ARRAY(
    SELECT j.id FROM graphile_worker._private_jobs j
     WHERE j.key = job_key AND j.attempts >= j.max_attempts AND j.locked_at IS NULL));
  PERFORM graphile_worker.add_job(
    identifier => kind,
    payload => payload,
    queue_name => queue,
    run_at => now() + make_interval(secs => delay),
    job_key => job_key,
    priority => least(lowest_rank + ahead, 30000),
    flags => CASE WHEN share IS NOT NULL THEN ARRAY[share] END);
END $$;
