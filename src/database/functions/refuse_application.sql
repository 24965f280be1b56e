-- Refuses an application as the user of a session or as an owner: it cannot sign in, and nobody can contact it.
CREATE OR REPLACE FUNCTION refuse_application()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.is_machine) THEN
    RAISE EXCEPTION 'user % is an application', NEW.user_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
