-- AlterTable
ALTER TABLE "sign_in_transactions" ADD COLUMN     "browser_return_to" TEXT,
ADD COLUMN     "expected_user_id" UUID;

-- CreateIndex
CREATE INDEX "sign_in_transactions_browser_hash_idx" ON "sign_in_transactions"("browser_hash");
