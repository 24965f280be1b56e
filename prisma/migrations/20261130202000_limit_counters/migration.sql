-- CreateTable
CREATE TABLE "limit_counters" (
    "limit_name" TEXT NOT NULL,
    "subject_hash" BYTEA NOT NULL,
    "used" INTEGER NOT NULL,
    "resets_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "limit_counters_pkey" PRIMARY KEY ("limit_name","subject_hash")
);

-- CreateIndex
CREATE INDEX "limit_counters_resets_at_idx" ON "limit_counters"("resets_at");

-- Below: what Prisma's schema language cannot say.

GRANT SELECT, INSERT, UPDATE, DELETE ON "limit_counters" TO tenantry_app;
