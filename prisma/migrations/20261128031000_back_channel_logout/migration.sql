-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "public_id" UUID NOT NULL DEFAULT gen_random_uuid();

-- CreateTable
CREATE TABLE "back_channel_logouts" (
    "jti_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "back_channel_logouts_pkey" PRIMARY KEY ("jti_hash")
);

-- CreateIndex
CREATE INDEX "sessions_idp_sid_idx" ON "sessions"("idp_sid");

-- CreateIndex
CREATE INDEX "back_channel_logouts_expires_at_idx" ON "back_channel_logouts"("expires_at");

-- Below: what Prisma's schema language cannot say.

GRANT SELECT, INSERT, UPDATE, DELETE ON "back_channel_logouts" TO tenantry_app;
