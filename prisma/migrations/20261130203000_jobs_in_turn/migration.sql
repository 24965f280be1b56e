-- CreateEnum
CREATE TYPE "mail_fault" AS ENUM ('refused', 'unsent');

-- AlterTable
ALTER TABLE "invitations" ADD COLUMN     "mail_fault" "mail_fault";


-- Below: what Prisma's schema language cannot say.

-- Adds a job. The more jobs of the same share wait, the later it is done: a person or an organization that adds hundreds
-- waits for them, and nobody else does.
CREATE FUNCTION add_job_in_turn(
  kind text,
  payload json,
  lowest_rank integer DEFAULT 0,
  share text DEFAULT NULL,
  job_key text DEFAULT NULL,
  queue text DEFAULT NULL,
  delay double precision DEFAULT 0
) RETURNS void LANGUAGE plpgsql AS $$
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

-- As before, and: of the organizations that one transaction wakes, such as all of a person's, each is done after the one
-- before it and after another's first one. One that waits already keeps its place.
CREATE OR REPLACE FUNCTION wake_logto_sync(organization uuid) RETURNS void LANGUAGE plpgsql AS $$
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
