-- What Prisma's schema language cannot say.

-- Whoever has deleted their account joins nothing any more, however long ago the request was let in that
-- would have them join. The lock waits for a deletion that is under way, and keeps one that comes next
-- waiting until it can see the new membership.
CREATE FUNCTION refuse_deleted_user() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER members_have_an_account BEFORE INSERT ON memberships
  FOR EACH ROW EXECUTE FUNCTION refuse_deleted_user();
