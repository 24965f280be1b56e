-- Refuses a person who joins an organization that has no free seat. Applications take no seat.
CREATE OR REPLACE FUNCTION refuse_member_without_seat()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  seats integer;
BEGIN
  SELECT o.seat_limit INTO seats FROM organizations o WHERE o.id = NEW.organization_id;
  IF seats IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.is_machine) THEN
    RETURN NEW;
  END IF;
  SELECT o.seat_limit INTO seats FROM organizations o WHERE o.id = NEW.organization_id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.organization_id = NEW.organization_id AND NOT u.is_machine) >= seats THEN
    RAISE EXCEPTION 'organization % has no seat left', NEW.organization_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'members_have_a_seat';
  END IF;
  RETURN NEW;
END $$;
