-- Refuses a member whose account is deleted, however long ago the request was authorized. The lock waits for a deletion that is under
-- way, and a later deletion waits for it and then sees the new membership.
CREATE OR REPLACE FUNCTION refuse_deleted_user()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  deleted timestamptz;
BEGIN
  SELECT u.deleted_at INTO deleted FROM users u WHERE u.id = NEW.user_id FOR SHARE;
  IF deleted IS NOT NULL THEN
    RAISE EXCEPTION 'user % has deleted their account', NEW.user_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'members_have_an_account';
  END IF;
  RETURN NEW;
END $$;
