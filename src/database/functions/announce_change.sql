-- Tells all instances on the channel `live` what has changed: "<kind> <id>". The id is that of a user for "sessions", and that of
-- an organization otherwise; there is nothing else in a notice. PostgreSQL sends equal notices of one transaction once, after its commit.
CREATE OR REPLACE FUNCTION announce_change()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  present record := coalesce(NEW, OLD);
  subject uuid;
BEGIN
  IF TG_TABLE_NAME IN ('organizations', 'users') THEN
    subject := present.id;
  ELSIF TG_TABLE_NAME = 'sessions' THEN
    subject := present.user_id;
  ELSE
    subject := present.organization_id;
  END IF;
  PERFORM pg_notify('live', TG_ARGV[0] || ' ' || subject);
  RETURN NULL;
END $$;
