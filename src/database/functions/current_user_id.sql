-- The user whom the transaction works for; null outside of a transaction. Once set in a session, a setting reads as ''
-- afterwards, hence nullif.
CREATE OR REPLACE FUNCTION current_user_id()
RETURNS uuid
LANGUAGE sql
STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.user_id', true), '')::uuid;
