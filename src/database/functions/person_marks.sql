-- Returns marks by which one organization recognizes another account of the same person, also once this one is deleted: hashes
-- that mean nothing in any other organization.
CREATE OR REPLACE FUNCTION person_marks(organization uuid, person uuid)
RETURNS bytea[]
LANGUAGE sql
STABLE
SET search_path = public, pg_temp
AS $$
  SELECT coalesce(array_agg(sha256(convert_to(organization || ' ' || known, 'UTF8')) ORDER BY known), '{}')
    FROM (SELECT 'email ' || address AS known FROM proven_emails(person) AS its(address)
          UNION
          SELECT 'huggingface ' || i.subject FROM identities i
           WHERE i.user_id = person AND i.provider = 'huggingface') AS mine
$$;
