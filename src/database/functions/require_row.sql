-- Stops the transaction of a change, SQLSTATE TN409, unless the change found its row as it was when it was read.
CREATE OR REPLACE FUNCTION require_row(changed bigint)
RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  IF changed <> 1 THEN
    RAISE EXCEPTION 'the row has changed' USING ERRCODE = 'TN409';
  END IF;
END $$;
