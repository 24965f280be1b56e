-- CreateEnum
CREATE TYPE "invitation_kind" AS ENUM ('email', 'hugging_face', 'link');

-- CreateEnum
CREATE TYPE "invitation_status" AS ENUM ('pending', 'accepted', 'declined', 'revoked', 'expired');

-- CreateEnum
CREATE TYPE "join_request_status" AS ENUM ('pending', 'approved', 'refused', 'withdrawn');

-- CreateEnum
CREATE TYPE "join_mode" AS ENUM ('request', 'offer', 'automatic');

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "proven_email" TEXT;

-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "organizations" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "proven_email" TEXT;

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "seat_limit" INTEGER;

-- CreateTable
CREATE TABLE "invitations" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "invitation_kind" NOT NULL,
    "status" "invitation_status" NOT NULL DEFAULT 'pending',
    "role" "role" NOT NULL,
    "email" TEXT,
    "handle" TEXT,
    "subject" TEXT,
    "max_uses" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "allowed_domains" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "inviter_id" UUID,
    "accepter_id" UUID,
    "mail_requested_at" TIMESTAMPTZ(3),
    "mail_sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invitation_tokens" (
    "organization_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "invitation_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitation_tokens_pkey" PRIMARY KEY ("organization_id","token_hash")
);

-- CreateTable
CREATE TABLE "join_requests" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "join_request_status" NOT NULL DEFAULT 'pending',
    "role" "role" NOT NULL,
    "origin" TEXT NOT NULL,
    "origin_id" TEXT NOT NULL,
    "decider_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "join_requests_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "email_domains" (
    "organization_id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "challenge" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3),
    "mode" "join_mode" NOT NULL DEFAULT 'offer',
    "role" "role" NOT NULL DEFAULT 'member',
    "claimer_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "email_domains_pkey" PRIMARY KEY ("organization_id","domain")
);

-- CreateTable
CREATE TABLE "hugging_face_connections" (
    "organization_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" "join_mode" NOT NULL DEFAULT 'offer',
    "admin_role" "role" DEFAULT 'admin',
    "write_role" "role" DEFAULT 'member',
    "contributor_role" "role" DEFAULT 'member',
    "read_role" "role" DEFAULT 'viewer',
    "connecter_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hugging_face_connections_pkey" PRIMARY KEY ("organization_id","subject")
);

-- CreateTable
CREATE TABLE "hugging_face_memberships" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "connection_subject" TEXT NOT NULL,
    "granted_role" "role" NOT NULL,
    "suspended_at" TIMESTAMPTZ(3),

    CONSTRAINT "hugging_face_memberships_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateIndex
CREATE INDEX "invitations_organization_id_status_id_idx" ON "invitations"("organization_id", "status", "id");

-- CreateIndex
CREATE INDEX "invitations_email_idx" ON "invitations"("email");

-- CreateIndex
CREATE INDEX "invitations_handle_idx" ON "invitations"("handle");

-- CreateIndex
CREATE INDEX "invitations_inviter_id_idx" ON "invitations"("inviter_id");

-- CreateIndex
CREATE INDEX "invitations_accepter_id_idx" ON "invitations"("accepter_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_tokens_token_hash_key" ON "invitation_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "invitation_tokens_organization_id_invitation_id_idx" ON "invitation_tokens"("organization_id", "invitation_id");

-- CreateIndex
CREATE INDEX "join_requests_organization_id_status_id_idx" ON "join_requests"("organization_id", "status", "id");

-- CreateIndex
CREATE INDEX "join_requests_user_id_idx" ON "join_requests"("user_id");

-- CreateIndex
CREATE INDEX "join_requests_decider_id_idx" ON "join_requests"("decider_id");

-- CreateIndex
CREATE INDEX "email_domains_domain_idx" ON "email_domains"("domain");

-- CreateIndex
CREATE INDEX "email_domains_claimer_id_idx" ON "email_domains"("claimer_id");

-- CreateIndex
CREATE INDEX "hugging_face_connections_subject_idx" ON "hugging_face_connections"("subject");

-- CreateIndex
CREATE INDEX "hugging_face_connections_connecter_id_idx" ON "hugging_face_connections"("connecter_id");

-- CreateIndex
CREATE INDEX "hugging_face_memberships_organization_id_connection_subject_idx" ON "hugging_face_memberships"("organization_id", "connection_subject");

-- CreateIndex
CREATE INDEX "users_proven_email_idx" ON "users"("proven_email");

-- CreateIndex
CREATE INDEX "identities_proven_email_idx" ON "identities"("proven_email");

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_inviter_id_fkey" FOREIGN KEY ("inviter_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_accepter_id_fkey" FOREIGN KEY ("accepter_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation_tokens" ADD CONSTRAINT "invitation_tokens_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation_tokens" ADD CONSTRAINT "invitation_tokens_organization_id_invitation_id_fkey" FOREIGN KEY ("organization_id", "invitation_id") REFERENCES "invitations"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "join_requests" ADD CONSTRAINT "join_requests_decider_id_fkey" FOREIGN KEY ("decider_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_domains" ADD CONSTRAINT "email_domains_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_domains" ADD CONSTRAINT "email_domains_claimer_id_fkey" FOREIGN KEY ("claimer_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hugging_face_connections" ADD CONSTRAINT "hugging_face_connections_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hugging_face_connections" ADD CONSTRAINT "hugging_face_connections_connecter_id_fkey" FOREIGN KEY ("connecter_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hugging_face_memberships" ADD CONSTRAINT "hugging_face_memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hugging_face_memberships" ADD CONSTRAINT "hugging_face_memberships_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE
  -- An approval notes by what somebody comes before they are a member.
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "hugging_face_memberships" ADD CONSTRAINT "hugging_face_memberships_organization_id_connection_subjec_fkey" FOREIGN KEY ("organization_id", "connection_subject") REFERENCES "hugging_face_connections"("organization_id", "subject") ON DELETE CASCADE ON UPDATE CASCADE;


-- Below: what Prisma's schema language cannot say.

-- One answer to "is this address proof of who they are?", for invitations and domains alike: null unless verified.
-- Only ASCII has one lower case, in every locale (IN10: the Kelvin sign is no k).
CREATE FUNCTION keep_proven_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.proven_email := CASE
    WHEN NEW.email_verified AND NEW.email ~ '^[!-~]+@[!-~]+$' THEN lower(NEW.email COLLATE "C")
  END;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_proven_email BEFORE INSERT OR UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION keep_proven_email();
CREATE TRIGGER keep_proven_email BEFORE INSERT OR UPDATE ON identities
  FOR EACH ROW EXECUTE FUNCTION keep_proven_email();
UPDATE users SET email = email WHERE email_verified;
UPDATE identities SET email = email WHERE email_verified;

-- The addresses that are proof of who somebody is.
CREATE FUNCTION proven_emails(person uuid) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT u.proven_email FROM users u WHERE u.id = person AND u.proven_email IS NOT NULL
  UNION
  SELECT i.proven_email FROM identities i WHERE i.user_id = person AND i.proven_email IS NOT NULL
$$;

-- The last wall: however many join at once, no organization has more members than seats.
CREATE FUNCTION refuse_member_without_seat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  seats integer;
BEGIN
  SELECT o.seat_limit INTO seats FROM organizations o WHERE o.id = NEW.organization_id;
  IF seats IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT o.seat_limit INTO seats FROM organizations o WHERE o.id = NEW.organization_id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM memberships m WHERE m.organization_id = NEW.organization_id) >= seats THEN
    RAISE EXCEPTION 'organization % has no seat left', NEW.organization_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'members_have_a_seat';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER members_have_a_seat BEFORE INSERT ON memberships
  FOR EACH ROW EXECUTE FUNCTION refuse_member_without_seat();

-- One pending invitation for each person and organization, one open request.
CREATE UNIQUE INDEX invitations_one_pending_email ON invitations (organization_id, email) WHERE status = 'pending';
CREATE UNIQUE INDEX invitations_one_pending_handle ON invitations (organization_id, handle) WHERE status = 'pending';
CREATE UNIQUE INDEX join_requests_one_pending ON join_requests (organization_id, user_id) WHERE status = 'pending';

-- Names at Hugging Face are the same in capitals.
CREATE INDEX identities_hugging_face_handle ON identities (lower(handle)) WHERE provider = 'huggingface';

ALTER TABLE organizations ADD CONSTRAINT organizations_seat_limit_check CHECK (seat_limit > 0);
ALTER TABLE invitations ADD CONSTRAINT invitations_kind_check CHECK (
  (kind = 'email') = (email IS NOT NULL)
  AND (kind = 'hugging_face') = (handle IS NOT NULL)
  AND (kind = 'link' OR (max_uses IS NULL AND allowed_domains = '{}'))
  AND (kind <> 'link' OR role <> 'owner')
);
ALTER TABLE invitations ADD CONSTRAINT invitations_uses_check CHECK (uses <= max_uses);
-- Nobody becomes an owner by where they work.
ALTER TABLE email_domains ADD CONSTRAINT email_domains_role_check CHECK (role <> 'owner');
ALTER TABLE join_requests ADD CONSTRAINT join_requests_role_check CHECK (role <> 'owner');
ALTER TABLE hugging_face_connections ADD CONSTRAINT hugging_face_connections_role_check CHECK (
  'owner' NOT IN (coalesce(admin_role, 'viewer'), coalesce(write_role, 'viewer'),
                  coalesce(contributor_role, 'viewer'), coalesce(read_role, 'viewer'))
);
ALTER TABLE hugging_face_memberships ADD CONSTRAINT hugging_face_memberships_role_check CHECK (granted_role <> 'owner');

GRANT SELECT, INSERT, UPDATE, DELETE
  ON invitations, invitation_tokens, join_requests, email_domains,
     hugging_face_connections, hugging_face_memberships
  TO tenantry_app;

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON invitations
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
CREATE POLICY to_current_user ON invitations FOR SELECT
  USING (
    email = ANY (ARRAY(SELECT proven_emails(current_user_id())))
    OR handle = ANY (ARRAY(
      SELECT lower(i.handle) FROM identities i
       WHERE i.user_id = current_user_id() AND i.provider = 'huggingface'))
  );

-- Time has run out for these, whosever they are: purge_invitations() sees them, and nothing else does.
CREATE POLICY purgeable ON invitations
  USING ((SELECT current_setting('app.purging', true)) = 'on'
         AND coalesce(closed_at, expires_at) < now() - interval '90 days')
  WITH CHECK (false);

-- Removes invitations that were answered, withdrawn or left to expire 90 days ago, a thousand at a time.
CREATE FUNCTION purge_invitations() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  purged bigint;
BEGIN
  PERFORM set_config('app.purging', 'on', true);
  DELETE FROM invitations i
   WHERE (i.organization_id, i.id) IN (
     SELECT j.organization_id, j.id FROM invitations j
      WHERE coalesce(j.closed_at, j.expires_at) < now() - interval '90 days'
      LIMIT 1000 FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS purged = ROW_COUNT;
  PERFORM set_config('app.purging', '', true);
  RETURN purged;
END $$;

ALTER TABLE invitation_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON invitation_tokens
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
-- Whoever holds the token learns which invitation it opens: see forTokenHolder() in src/database/database.ts.
CREATE POLICY of_token_holder ON invitation_tokens FOR SELECT
  USING (token_hash = (SELECT decode(nullif(current_setting('app.token_hash', true), ''), 'hex')));

ALTER TABLE join_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE join_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON join_requests
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
CREATE POLICY of_current_user ON join_requests FOR SELECT
  USING (user_id = (SELECT current_user_id()));

ALTER TABLE email_domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE email_domains FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON email_domains
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
-- What comes after the last @: before it there may be others (RFC 5321, section 4.1.2: a quoted string).
CREATE POLICY of_current_user ON email_domains FOR SELECT
  USING (verified_at IS NOT NULL AND domain = ANY (ARRAY(
    SELECT split_part(address, '@', -1) FROM proven_emails(current_user_id()) AS its(address))));

ALTER TABLE hugging_face_connections ENABLE ROW LEVEL SECURITY;
ALTER TABLE hugging_face_connections FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON hugging_face_connections
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
CREATE POLICY of_current_user ON hugging_face_connections FOR SELECT
  USING (subject = ANY (ARRAY(
    SELECT works_in ->> 'id'
      FROM identities i, jsonb_array_elements(i.organizations) AS its(works_in)
     WHERE i.user_id = current_user_id() AND i.provider = 'huggingface')));

ALTER TABLE hugging_face_memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE hugging_face_memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON hugging_face_memberships
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
CREATE POLICY of_current_user ON hugging_face_memberships FOR SELECT
  USING (user_id = (SELECT current_user_id()));

-- Jobs. The tables in here are graphile-worker's own, made by its migrations, and granted there as well
-- (src/database/migrate.ts). They hold ids only, and nothing of a tenant's.
CREATE SCHEMA graphile_worker;
