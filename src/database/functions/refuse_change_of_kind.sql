-- Keeps a person a person and an application an application.
CREATE OR REPLACE FUNCTION refuse_change_of_kind()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'user % cannot change between a person and an application', NEW.id
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'users_stay_what_they_are';
END $$;
