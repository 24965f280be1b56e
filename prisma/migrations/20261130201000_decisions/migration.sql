-- CreateEnum
CREATE TYPE "suspender" AS ENUM ('member', 'hugging_face');

-- CreateEnum
CREATE TYPE "membership_decision_kind" AS ENUM ('removed', 'left', 'refused', 'demoted', 'suspended', 'settled', 'admitted');

-- AlterTable
ALTER TABLE "invitations" ADD COLUMN     "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "logto_memberships" ADD COLUMN     "by_sign_in" BOOLEAN;

-- AlterTable
ALTER TABLE "memberships" ADD COLUMN     "forgotten_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_by" "suspender";

-- CreateTable
CREATE TABLE "membership_decisions" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "membership_decision_kind" NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "decider_id" UUID,
    "marks" BYTEA[] DEFAULT ARRAY[]::BYTEA[],

    CONSTRAINT "membership_decisions_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateIndex
CREATE INDEX "membership_decisions_user_id_idx" ON "membership_decisions"("user_id");

-- CreateIndex
CREATE INDEX "membership_decisions_decider_id_idx" ON "membership_decisions"("decider_id");

-- AddForeignKey
ALTER TABLE "membership_decisions" ADD CONSTRAINT "membership_decisions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership_decisions" ADD CONSTRAINT "membership_decisions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership_decisions" ADD CONSTRAINT "membership_decisions_decider_id_fkey" FOREIGN KEY ("decider_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Below: what Prisma's schema language cannot say.

GRANT SELECT, INSERT, UPDATE, DELETE ON "membership_decisions" TO tenantry_app;
ALTER TABLE "membership_decisions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "membership_decisions" FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON "membership_decisions"
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));

-- By what another account of somebody is recognized in one organization, also when this one has been deleted: hashes that
-- mean nothing in any other organization.
CREATE FUNCTION person_marks(organization uuid, person uuid) RETURNS bytea[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(sha256(convert_to(organization || ' ' || known, 'UTF8')) ORDER BY known), '{}')
    FROM (SELECT 'email ' || address AS known FROM proven_emails(person) AS its(address)
          UNION
          SELECT 'huggingface ' || i.subject FROM identities i
           WHERE i.user_id = person AND i.provider = 'huggingface') AS mine
$$;

-- As before, and: notes by what they came to be there. A sign-in only says so where nobody else has: false, an admin of
-- Logto added them, holds until it has been looked at. It takes the organization's row first (docs/database.md).
DROP FUNCTION hint_memberships(uuid, uuid[]);
CREATE FUNCTION hint_memberships(member uuid, organizations uuid[], by_their_sign_in boolean DEFAULT NULL)
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

-- What has been state in the audit log, or in two equal timestamps, so far. FORCE binds the owner too, who for once has to
-- read all organizations.
ALTER TABLE memberships NO FORCE ROW LEVEL SECURITY;
ALTER TABLE hugging_face_memberships NO FORCE ROW LEVEL SECURITY;
ALTER TABLE invitations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE membership_decisions NO FORCE ROW LEVEL SECURITY;
-- Nothing of this is news to Logto.
ALTER TABLE memberships DISABLE TRIGGER USER;

UPDATE invitations SET granted_at = created_at;
UPDATE memberships SET suspended_by = 'member' WHERE suspended_at IS NOT NULL;
UPDATE memberships m SET suspended_by = 'hugging_face'
  FROM hugging_face_memberships h
 WHERE h.organization_id = m.organization_id AND h.user_id = m.user_id AND h.suspended_at = m.suspended_at;
UPDATE memberships m SET forgotten_at = e.occurred_at
  FROM audit_events e
 WHERE m.role = 'owner' AND e.organization_id = m.organization_id AND e.target_id = m.user_id::text
   AND e.action = 'organization.owner_missing';

ALTER TABLE memberships ENABLE TRIGGER USER;

-- By people, and by Logto on behalf of its operator: not what a way in or Hugging Face did.
WITH decided AS (
  SELECT e.organization_id, e.target_id AS user_id, e.actor_id, e.occurred_at, e.id,
         CASE e.action
           WHEN 'member.removed' THEN 'removed'
           WHEN 'member.left' THEN 'left'
           WHEN 'join_request.refused' THEN 'refused'
           WHEN 'member.suspended' THEN 'suspended'
           WHEN 'member.role_changed' THEN
             CASE WHEN array_position('{owner,admin,member,viewer}'::text[], e.details ->> 'to')
                     > array_position('{owner,admin,member,viewer}'::text[], e.details ->> 'from')
                       AND e.actor_id::text IS DISTINCT FROM e.target_id
                  THEN 'demoted' ELSE 'settled' END
           ELSE 'settled'
         END AS kind
    FROM audit_events e
   WHERE e.target_type = 'user'
     AND (e.action IN ('member.removed', 'member.left', 'join_request.refused', 'organization.ownership_transferred')
          OR e.action IN ('member.suspended', 'member.reinstated', 'member.role_changed')
             AND coalesce(e.details ->> 'via', 'logto') = 'logto')
  UNION ALL
  -- Whoever handed an organization over is an admin since, by their own choice.
  SELECT e.organization_id, e.actor_id::text, e.actor_id, e.occurred_at, e.id, 'settled'
    FROM audit_events e
   WHERE e.action = 'organization.ownership_transferred' AND e.actor_id IS NOT NULL
)
INSERT INTO membership_decisions (organization_id, user_id, kind, decided_at, decider_id, marks)
SELECT DISTINCT ON (d.organization_id, u.id) d.organization_id, u.id,
       (CASE WHEN m.user_id IS NOT NULL AND d.kind IN ('removed', 'left', 'refused') THEN 'admitted'
             ELSE d.kind END)::membership_decision_kind,
       d.occurred_at, d.actor_id,
       CASE WHEN d.kind IN ('removed', 'refused') AND m.user_id IS NULL OR d.kind IN ('demoted', 'suspended')
            THEN person_marks(d.organization_id, u.id) ELSE '{}' END
  FROM decided d
  JOIN users u ON u.id::text = d.user_id
  LEFT JOIN memberships m ON m.organization_id = d.organization_id AND m.user_id = u.id
 ORDER BY d.organization_id, u.id, d.occurred_at DESC, d.id DESC;

ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
ALTER TABLE hugging_face_memberships FORCE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
ALTER TABLE membership_decisions FORCE ROW LEVEL SECURITY;
