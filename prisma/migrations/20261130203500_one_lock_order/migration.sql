-- docs/database.md has the order in which rows are locked. What differed from it:

-- A hint that grants nothing, and is read by those only who belong to that organization. As a foreign key it made the
-- removal of an organization lock everybody who opened it last, after the organization.
ALTER TABLE "users" DROP CONSTRAINT "users_last_organization_id_fkey";
DROP INDEX "users_last_organization_id_idx";

-- As before, and: takes the organization's row first, like all that changes rows of logto_memberships.
CREATE OR REPLACE FUNCTION hint_memberships(member uuid, organizations uuid[], by_their_sign_in boolean DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  organization uuid;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  FOR organization IN SELECT DISTINCT unnest(organizations) ORDER BY 1 LOOP
    PERFORM set_config('app.organization_id', organization::text, true);
    PERFORM FROM logto_organizations o WHERE o.organization_id = organization FOR NO KEY UPDATE;
    IF FOUND THEN
      INSERT INTO logto_memberships AS m (organization_id, user_id, version, hints, by_sign_in)
        VALUES (organization, member, 0, 1, by_their_sign_in)
        ON CONFLICT (organization_id, user_id) DO UPDATE
           SET hints = m.hints + 1, watched_since = NULL,
               by_sign_in = CASE WHEN by_their_sign_in THEN coalesce(m.by_sign_in, true)
                                 ELSE coalesce(by_their_sign_in, m.by_sign_in) END;
    END IF;
    PERFORM wake_logto_sync(organization);
  END LOOP;
  PERFORM set_config('app.organization_id', scope, true);
END $$;
