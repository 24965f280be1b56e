-- Keeps the one answer to "does this address prove who they are?", for invitations and domains alike: null unless verified.
-- Only ASCII has one lower case in every locale (the Kelvin sign is no k).
CREATE OR REPLACE FUNCTION keep_proven_email()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  NEW.proven_email := CASE
    WHEN NEW.email_verified AND NEW.email ~ '^[!-~]+@[!-~]+$' THEN lower(NEW.email COLLATE "C")
  END;
  RETURN NEW;
END $$;
