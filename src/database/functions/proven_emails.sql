-- Returns the addresses that prove who a user is.
CREATE OR REPLACE FUNCTION proven_emails(person uuid)
RETURNS SETOF text
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
  SELECT u.proven_email FROM users u WHERE u.id = person AND u.proven_email IS NOT NULL
  UNION
  SELECT i.proven_email FROM identities i WHERE i.user_id = person AND i.proven_email IS NOT NULL
$$;
