-- AlterTable
ALTER TABLE "users" ADD COLUMN     "single_sign_on" JSONB;
