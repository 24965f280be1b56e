-- What authenticate() is for a session, for an organization token: its subject, the organization that it was issued
-- for (by its id at Logto), and the one that the URL names, perhaps by an address it had in the last 90 days.
-- No row: the token counts for nothing here (no such user, one who is suspended or has deleted their account, another
-- organization's). No organization_id in it: they do not belong to it.
CREATE FUNCTION authenticate_token(
  token_issuer text,
  token_subject text,
  twin text,
  requested_slug text
) RETURNS TABLE (
  user_id uuid, name text, username text, email text, avatar_url text,
  organization_id uuid, organization_name text, organization_slug text,
  role role, is_suspended boolean, is_deleted boolean
) LANGUAGE plpgsql AS $$
DECLARE
  organization uuid;
BEGIN
  SELECT u.id, u.name, u.username, u.email, u.avatar_url
    INTO user_id, name, username, email, avatar_url
    FROM users u
   WHERE u.issuer = token_issuer AND u.subject = token_subject
     AND u.deleted_at IS NULL AND u.suspended_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  organization := find_organization_of_twin(twin);
  PERFORM set_config('app.organization_id', organization::text, true);
  -- Row-level security shows this one organization, and its addresses.
  SELECT o.name, o.slug, o.deleted_at IS NOT NULL
    INTO organization_name, organization_slug, is_deleted
    FROM organizations o
   WHERE o.id = organization
     AND (o.slug = requested_slug OR EXISTS (
       SELECT FROM organization_slugs s
        WHERE s.organization_id = organization AND s.slug = requested_slug
          AND s.retired_at > now() - interval '90 days'));
  IF NOT FOUND THEN
    RETURN;
  END IF;

  SELECT m.organization_id, m.role, m.suspended_at IS NOT NULL
    INTO organization_id, role, is_suspended
    FROM memberships m
   WHERE m.organization_id = organization AND m.user_id = authenticate_token.user_id;
  RETURN NEXT;
END $$;

-- Applications: what must never be true of them, whatever the code forgot.

-- What is an application stays one, and has no address: nothing is mailed to it, and it is not invited.
ALTER TABLE users ADD CONSTRAINT users_machine_check CHECK (NOT is_machine OR email IS NULL);

CREATE FUNCTION refuse_change_of_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'user % cannot change between a person and an application', NEW.id
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'users_stay_what_they_are';
END $$;
CREATE TRIGGER users_stay_what_they_are BEFORE UPDATE ON users
  FOR EACH ROW WHEN (OLD.is_machine <> NEW.is_machine) EXECUTE FUNCTION refuse_change_of_kind();

-- Sessions and owners are people: an application signs in nowhere, and nobody could ask it to look after anything.
CREATE FUNCTION refuse_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.is_machine) THEN
    RAISE EXCEPTION 'user % is an application', NEW.user_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_are_of_people BEFORE INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION refuse_application();
CREATE TRIGGER identities_are_of_people BEFORE INSERT ON identities
  FOR EACH ROW EXECUTE FUNCTION refuse_application();
CREATE TRIGGER join_requests_are_of_people BEFORE INSERT ON join_requests
  FOR EACH ROW EXECUTE FUNCTION refuse_application();
CREATE TRIGGER owners_are_people BEFORE INSERT OR UPDATE ON memberships
  FOR EACH ROW WHEN (NEW.role = 'owner') EXECUTE FUNCTION refuse_application();

-- As before, and: seats are for people.
CREATE OR REPLACE FUNCTION refuse_member_without_seat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  seats integer;
BEGIN
  SELECT o.seat_limit INTO seats FROM organizations o WHERE o.id = NEW.organization_id;
  IF seats IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = NEW.user_id AND u.is_machine) THEN
    RETURN NEW;
  END IF;
  SELECT o.seat_limit INTO seats FROM organizations o WHERE o.id = NEW.organization_id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.organization_id = NEW.organization_id AND NOT u.is_machine) >= seats THEN
    RAISE EXCEPTION 'organization % has no seat left', NEW.organization_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'members_have_a_seat';
  END IF;
  RETURN NEW;
END $$;
