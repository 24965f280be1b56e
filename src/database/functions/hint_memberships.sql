-- Notes that a user's memberships in some organizations may have changed at Logto, and schedules a look at each of them.
-- A user who is new to an organization has no version here that Logto does not know.
CREATE OR REPLACE FUNCTION hint_memberships(
  member uuid,
  organizations uuid[],
  by_their_sign_in boolean DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
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
