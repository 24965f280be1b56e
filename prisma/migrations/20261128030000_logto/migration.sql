-- AlterTable
ALTER TABLE "users" ADD COLUMN     "is_machine" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "suspended_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "logto_organizations" (
    "organization_id" UUID NOT NULL,
    "logto_id" TEXT,
    "version" BIGINT NOT NULL DEFAULT 1,
    "pushed_version" BIGINT NOT NULL DEFAULT 0,
    "hints" BIGINT NOT NULL DEFAULT 0,
    "hints_seen" BIGINT NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "logto_organizations_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "logto_memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 1,
    "pushed_version" BIGINT NOT NULL DEFAULT 0,
    "hints" BIGINT NOT NULL DEFAULT 0,
    "hints_seen" BIGINT NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "logto_memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "body_hash" BYTEA NOT NULL,
    "body" TEXT NOT NULL,
    "event" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("body_hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "logto_organizations_logto_id_key" ON "logto_organizations"("logto_id");

-- CreateIndex
CREATE INDEX "logto_organizations_changed_at_idx" ON "logto_organizations"("changed_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_received_at_idx" ON "webhook_deliveries"("received_at");

-- AddForeignKey
ALTER TABLE "logto_memberships" ADD CONSTRAINT "logto_memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "logto_organizations"("organization_id") ON DELETE CASCADE ON UPDATE CASCADE;


-- Below: what Prisma's schema language cannot say.

-- What Logto may not know yet, and what it may know better: small, however many members there are.
CREATE INDEX logto_organizations_open ON logto_organizations (organization_id)
  WHERE version > pushed_version OR hints > hints_seen;
CREATE INDEX logto_memberships_open ON logto_memberships (organization_id, user_id)
  WHERE version > pushed_version OR hints > hints_seen;

GRANT SELECT, INSERT, UPDATE, DELETE ON logto_organizations, logto_memberships, webhook_deliveries TO tenantry_app;

ALTER TABLE logto_organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE logto_organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON logto_organizations
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
-- The functions below look for organizations by their id at Logto, and for those that are to be compared: nothing else does.
CREATE POLICY of_reconciler ON logto_organizations FOR SELECT
  USING ((SELECT current_setting('app.reconciling', true)) = 'on');

ALTER TABLE logto_memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE logto_memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON logto_memberships
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));

-- Which of our organizations an organization at Logto is the twin of.
CREATE FUNCTION find_organization_of_twin(twin text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  found uuid;
BEGIN
  PERFORM set_config('app.reconciling', 'on', true);
  SELECT o.organization_id INTO found FROM logto_organizations o WHERE o.logto_id = twin;
  PERFORM set_config('app.reconciling', '', true);
  RETURN found;
END $$;

-- Every organization that was changed since, those that were removed and still have a twin among them, by id: a batch
-- after another.
CREATE FUNCTION list_organizations_with_twins(after uuid, since timestamptz, batch integer)
RETURNS TABLE (organization_id uuid, logto_id text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.reconciling', 'on', true);
  RETURN QUERY
    SELECT o.organization_id, o.logto_id FROM logto_organizations o
     WHERE o.organization_id > after AND o.changed_at >= since ORDER BY o.organization_id LIMIT batch;
  PERFORM set_config('app.reconciling', '', true);
END $$;

-- Has an organization compared with its twin, once its transaction commits. One job at a time for each: they share
-- a queue, and the one that waits for its turn is always the same (its key).
CREATE FUNCTION wake_logto_sync(organization uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM graphile_worker.add_job(
    identifier => 'logto.sync_organization',
    payload => json_build_object('organizationId', organization),
    queue_name => 'logto:' || organization,
    job_key => 'logto:' || organization);
END $$;

-- Whatever changes an organization or who belongs to it, in whatever way, is told to Logto: noted in the same
-- transaction, and so neither lost nor told of something that never happened. Callers may work without any scope (a
-- purge) or in that of somebody: the organization's is set for the moment.
CREATE FUNCTION note_organization_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  organization uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  PERFORM set_config('app.organization_id', organization::text, true);
  INSERT INTO logto_organizations AS o (organization_id) VALUES (organization)
    ON CONFLICT (organization_id) DO UPDATE SET version = o.version + 1, changed_at = now();
  -- Nobody belongs to a deleted organization at Logto, where nothing else knows that it is deleted.
  IF TG_OP = 'UPDATE' AND OLD.deleted_at IS DISTINCT FROM NEW.deleted_at THEN
    UPDATE logto_memberships SET version = version + 1, changed_at = now() WHERE organization_id = organization;
  END IF;
  PERFORM wake_logto_sync(organization);
  PERFORM set_config('app.organization_id', scope, true);
  RETURN NULL;
END $$;
CREATE TRIGGER organizations_have_a_twin AFTER INSERT OR DELETE ON organizations
  FOR EACH ROW EXECUTE FUNCTION note_organization_change();
CREATE TRIGGER organizations_tell_their_twin AFTER UPDATE ON organizations
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
  EXECUTE FUNCTION note_organization_change();

-- Once for each statement, however many members it is about. Of an organization that is being removed for good there is
-- nothing to tell but that.
CREATE FUNCTION note_membership_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  organization uuid;
  scope text := coalesce(current_setting('app.organization_id', true), '');
BEGIN
  FOR organization IN SELECT DISTINCT c.organization_id FROM changed c ORDER BY 1 LOOP
    PERFORM set_config('app.organization_id', organization::text, true);
    IF EXISTS (SELECT FROM organizations o WHERE o.id = organization) THEN
      INSERT INTO logto_organizations (organization_id) VALUES (organization)
        ON CONFLICT (organization_id) DO UPDATE SET changed_at = now();
      INSERT INTO logto_memberships AS m (organization_id, user_id)
        SELECT c.organization_id, c.user_id FROM changed c WHERE c.organization_id = organization ORDER BY 2
        ON CONFLICT (organization_id, user_id) DO UPDATE SET version = m.version + 1, changed_at = now();
      PERFORM wake_logto_sync(organization);
    END IF;
  END LOOP;
  PERFORM set_config('app.organization_id', scope, true);
  RETURN NULL;
END $$;
CREATE TRIGGER new_members_are_told AFTER INSERT ON memberships REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_membership_changes();
CREATE TRIGGER changed_members_are_told AFTER UPDATE ON memberships REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_membership_changes();
CREATE TRIGGER former_members_are_told AFTER DELETE ON memberships REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_membership_changes();

-- Those that there are already have no twin. The nightly comparison makes one for each.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships NO FORCE ROW LEVEL SECURITY;
ALTER TABLE logto_organizations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE logto_memberships NO FORCE ROW LEVEL SECURITY;
INSERT INTO logto_organizations (organization_id) SELECT id FROM organizations;
INSERT INTO logto_memberships (organization_id, user_id) SELECT organization_id, user_id FROM memberships;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
ALTER TABLE logto_organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE logto_memberships FORCE ROW LEVEL SECURITY;
