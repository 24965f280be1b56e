-- docs/database.md has the order in which rows are locked. What differed from it:

-- A hint that grants nothing, and is read by those only who belong to that organization. As a foreign key it made the
-- removal of an organization lock everybody who opened it last, after the organization.
ALTER TABLE "users" DROP CONSTRAINT "users_last_organization_id_fkey";
DROP INDEX "users_last_organization_id_idx";
