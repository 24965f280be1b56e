-- CreateEnum
CREATE TYPE "members_fault" AS ENUM ('unavailable', 'refused', 'unusable');

-- AlterTable
ALTER TABLE "hugging_face_connections" ADD COLUMN     "access_token" TEXT,
ADD COLUMN     "members_told_at" TIMESTAMPTZ(3),
ADD COLUMN     "members_fault" "members_fault";
