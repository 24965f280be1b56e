-- Below: what Prisma's schema language cannot say.

-- Names at Hugging Face are ASCII, and the same in capitals: in every locale (in Turkish the small I has no dot).
CREATE INDEX identities_hugging_face_handle_in_any_locale ON identities (lower(handle COLLATE "C"))
  WHERE provider = 'huggingface';
DROP INDEX identities_hugging_face_handle;
ALTER INDEX identities_hugging_face_handle_in_any_locale RENAME TO identities_hugging_face_handle;

-- The policies that compare them, whatever else they say.
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT polname AS name, polrelid::regclass AS "table", pg_get_expr(polqual, polrelid) AS condition
      FROM pg_policy
     WHERE polrelid::regclass::text = 'invitations' AND pg_get_expr(polqual, polrelid) LIKE '%lower(i.handle)%'
  LOOP
    EXECUTE format('ALTER POLICY %I ON %s USING (%s)', found.name, found."table",
                   replace(found.condition, 'lower(i.handle)', 'lower(i.handle COLLATE "C")'));
  END LOOP;
END $$;
