-- The organization that the transaction works in; null outside of one (see current_user_id).
CREATE OR REPLACE FUNCTION current_organization_id()
RETURNS uuid
LANGUAGE sql
STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.organization_id', true), '')::uuid;
