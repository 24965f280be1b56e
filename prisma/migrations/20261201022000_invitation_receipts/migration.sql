-- CreateTable
CREATE TABLE "invitation_receipts" (
    "organization_id" UUID NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitation_receipts_pkey" PRIMARY KEY ("organization_id","key_hash")
);

-- AddForeignKey
ALTER TABLE "invitation_receipts" ADD CONSTRAINT "invitation_receipts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Below: what Prisma's schema language cannot say.

GRANT SELECT, INSERT, UPDATE, DELETE ON "invitation_receipts" TO tenantry_app;
ALTER TABLE "invitation_receipts" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "invitation_receipts" FORCE ROW LEVEL SECURITY;
CREATE POLICY of_current_organization ON "invitation_receipts"
  USING (organization_id = (SELECT current_organization_id()))
  WITH CHECK (organization_id = (SELECT current_organization_id()));
