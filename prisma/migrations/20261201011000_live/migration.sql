-- Open lists follow changes (docs/live.md).

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

-- By row: a statement that changes one row, as nearly all do, then costs less than with a transition table.
CREATE TRIGGER members_are_announced AFTER INSERT OR UPDATE OR DELETE ON memberships
  FOR EACH ROW EXECUTE FUNCTION announce_change('members');
CREATE TRIGGER invitations_are_announced AFTER INSERT OR UPDATE OR DELETE ON invitations
  FOR EACH ROW EXECUTE FUNCTION announce_change('invitations');
CREATE TRIGGER join_requests_are_announced AFTER INSERT OR UPDATE OR DELETE ON join_requests
  FOR EACH ROW EXECUTE FUNCTION announce_change('join-requests');

-- What ends everybody's access, or one person's.
CREATE TRIGGER deletions_are_announced AFTER UPDATE OF deleted_at ON organizations
  FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION announce_change('members');
CREATE TRIGGER revocations_are_announced AFTER UPDATE OF revoked_at ON sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION announce_change('sessions');
CREATE TRIGGER sign_outs_are_announced AFTER UPDATE OF sessions_valid_after, suspended_at, deleted_at ON users
  FOR EACH ROW WHEN ((OLD.sessions_valid_after, OLD.suspended_at, OLD.deleted_at)
    IS DISTINCT FROM (NEW.sessions_valid_after, NEW.suspended_at, NEW.deleted_at))
  EXECUTE FUNCTION announce_change('sessions');
