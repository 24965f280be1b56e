-- AlterTable
ALTER TABLE "logto_memberships" ADD COLUMN     "watched_since" TIMESTAMPTZ(3);


-- Below: what Prisma's schema language cannot say.

-- Who is about to be looked at again: nearly nobody.
CREATE INDEX logto_memberships_watched ON logto_memberships (organization_id) WHERE watched_since IS NOT NULL;

-- Notes that somebody's memberships may have changed at Logto, and has them looked at, in any number of organizations at
-- once. Somebody new to one has no version of ours that Logto does not know.
CREATE FUNCTION hint_memberships(member uuid, organizations uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  organization uuid;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  FOR organization IN SELECT DISTINCT unnest(organizations) ORDER BY 1 LOOP
    PERFORM set_config('app.organization_id', organization::text, true);
    INSERT INTO logto_memberships AS m (organization_id, user_id, version, hints)
      SELECT organization, member, 0, 1
       WHERE EXISTS (SELECT FROM logto_organizations o WHERE o.organization_id = organization)
          ON CONFLICT (organization_id, user_id) DO UPDATE SET hints = m.hints + 1, watched_since = NULL;
    PERFORM wake_logto_sync(organization);
  END LOOP;
  PERFORM set_config('app.organization_id', scope, true);
END $$;
