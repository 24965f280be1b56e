-- The page "Joining" says when each way to join was last used. Uses before this migration are not known.
ALTER TABLE "invitations" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
ALTER TABLE "email_domains" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
ALTER TABLE "hugging_face_connections" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
