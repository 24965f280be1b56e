-- CreateEnum
CREATE TYPE "project_status" AS ENUM ('planned', 'active', 'paused', 'done');

-- AlterTable
-- What is there is worked on; what is made from now on is planned first.
ALTER TABLE "projects" ADD COLUMN "status" "project_status" NOT NULL DEFAULT 'active',
ADD COLUMN "due_date" DATE;
ALTER TABLE "projects" ALTER COLUMN "status" SET DEFAULT 'planned';
