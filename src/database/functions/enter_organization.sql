-- Begins a change of an organization: sets the scope and returns the actor's present role, whose row stays locked until the end
-- of the transaction. No row: the actor is not a member, or is suspended.
-- With exclusively, changes of who belongs to an organization wait for each other, so that what they check (is there another
-- owner?) still holds when they commit.
CREATE OR REPLACE FUNCTION enter_organization(organization uuid, member uuid, exclusively boolean)
RETURNS TABLE(role role, is_deleted boolean)
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.organization_id', organization::text, true);
  IF exclusively THEN
    PERFORM FROM organizations o WHERE o.id = organization FOR NO KEY UPDATE;
  END IF;
  RETURN QUERY
    SELECT m.role, o.deleted_at IS NOT NULL
      FROM memberships m JOIN organizations o ON o.id = m.organization_id
     WHERE m.organization_id = organization AND m.user_id = member AND m.suspended_at IS NULL
       FOR SHARE OF m;
END $$;
