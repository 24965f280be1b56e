-- What a change needs whose statements are sent together (docs/decisions/027-one-flush-a-request.md).

-- Begins a change whose statements are sent together with this call: like enter_organization(), and stops them all unless the
-- actor may make the change. SQLSTATE TN404: the actor is not a member, or is suspended, or the organization is deleted (with
-- of_deleted: is not). SQLSTATE TN403: none of the allowed roles is theirs.
CREATE OR REPLACE FUNCTION enter_organization_as(
  organization uuid,
  member uuid,
  exclusively boolean,
  of_deleted boolean,
  allowed role[]
)
RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  present record;
BEGIN
  SELECT e.role, e.is_deleted INTO present FROM enter_organization(organization, member, exclusively) e;
  IF NOT FOUND OR present.is_deleted <> of_deleted THEN
    RAISE EXCEPTION 'not a member' USING ERRCODE = 'TN404';
  END IF;
  IF present.role <> ALL (allowed) THEN
    RAISE EXCEPTION 'not permitted' USING ERRCODE = 'TN403';
  END IF;
END $$;

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
