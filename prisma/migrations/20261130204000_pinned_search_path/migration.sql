-- Below: what Prisma's schema language cannot say.

-- A function finds its tables wherever it is called from: by a login with a search_path of its own, or by pg_restore,
-- which has none. Those whose body was parsed when they were made (RETURN, BEGIN ATOMIC) remember what they mean, and
-- stay as they are, so that PostgreSQL can still put them into the statements that use them.
DO $$
DECLARE
  loose regprocedure;
BEGIN
  FOR loose IN
    SELECT p.oid FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.prosqlbody IS NULL AND p.prokind IN ('f', 'p')
       AND p.proowner = current_user::regrole
       AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%')
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('ALTER ROUTINE %s SET search_path = public, pg_temp', loose);
  END LOOP;
END $$;
