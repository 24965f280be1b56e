-- AlterTable
-- What is there came from Logto, which never refreshes it: everybody is asked about at their next sign-in.
ALTER TABLE "identities" ADD COLUMN     "confirmed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "sign_in_transactions" ADD COLUMN     "social_provider" TEXT;
