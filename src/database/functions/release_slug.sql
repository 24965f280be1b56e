-- Frees an address whose organization has had another one for 90 days.
CREATE OR REPLACE FUNCTION release_slug(wanted text)
RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.purging', 'on', true);
  DELETE FROM organization_slugs WHERE slug = wanted AND retired_at < now() - interval '90 days';
  PERFORM set_config('app.purging', '', true);
END $$;
