-- CreateEnum
CREATE TYPE "email_source" AS ENUM ('logto', 'hugging_face', 'social', 'enterprise', 'mail');

-- CreateTable
CREATE TABLE "email_proofs" (
    "user_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "source" "email_source" NOT NULL,
    "proven_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,

    CONSTRAINT "email_proofs_pkey" PRIMARY KEY ("user_id","email","source")
);

-- AddForeignKey
ALTER TABLE "email_proofs" ADD CONSTRAINT "email_proofs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "disputed_email" TEXT,
ADD COLUMN     "is_founding" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "invitation_tokens" ADD COLUMN     "is_mailed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "sign_in_again_after" TIMESTAMPTZ(3);

-- What has never vouched has ended, and what has ended says why.
ALTER TABLE email_proofs ADD CONSTRAINT email_proofs_ended_check
  CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (proven_at IS NOT NULL OR ended_at IS NOT NULL));

GRANT SELECT, INSERT, UPDATE, DELETE ON email_proofs TO tenantry_app;

-- People who are here already.

-- An identity that came some time after its user was linked later.
UPDATE identities i SET is_founding = true
  FROM users u WHERE u.id = i.user_id AND i.created_at < u.created_at + interval '10 seconds';
UPDATE identities i SET disputed_email = lower(u.email COLLATE "C")
  FROM users u WHERE u.id = i.user_id AND lower(i.email COLLATE "C") = lower(u.email COLLATE "C") AND NOT i.email_verified;

-- What the linked accounts say, of the user's address and of their own.
INSERT INTO email_proofs (user_id, email, source, proven_at, ended_at, ended_by)
SELECT i.user_id, lower(i.email COLLATE "C"), s.source,
       max(coalesce(i.confirmed_at, i.created_at)) FILTER (WHERE i.email_verified),
       CASE WHEN NOT bool_or(i.email_verified) THEN now() END,
       CASE WHEN NOT bool_or(i.email_verified) THEN 'unverified' END
  FROM identities i,
       LATERAL (SELECT CASE i.provider WHEN 'huggingface' THEN 'hugging_face' ELSE 'social' END::email_source) AS s(source)
 WHERE i.email IS NOT NULL
 GROUP BY i.user_id, lower(i.email COLLATE "C"), s.source;

-- What Logto says counts where nobody can have brought the address from a social account: for people who have none, and
-- for those who had their address before they linked one.
INSERT INTO email_proofs (user_id, email, source, proven_at)
SELECT u.id, lower(u.email COLLATE "C"), 'logto', now()
  FROM users u
 WHERE u.email_verified
   AND NOT EXISTS (SELECT FROM identities i WHERE i.user_id = u.id AND i.is_founding)
   AND NOT EXISTS (SELECT FROM email_proofs p WHERE p.user_id = u.id AND p.email = lower(u.email COLLATE "C"));

-- Of all others it is not known where their address came from.
INSERT INTO email_proofs (user_id, email, source, ended_at, ended_by)
SELECT u.id, lower(u.email COLLATE "C"), 'logto', now(), 'unclear'
  FROM users u
 WHERE u.email IS NOT NULL
   AND NOT EXISTS (SELECT FROM email_proofs p WHERE p.user_id = u.id AND p.email = lower(u.email COLLATE "C") AND p.ended_at IS NULL)
ON CONFLICT DO NOTHING;
UPDATE users u SET email_verified = false
 WHERE u.email_verified
   AND (NOT EXISTS (SELECT FROM email_proofs p
                     WHERE p.user_id = u.id AND p.email = lower(u.email COLLATE "C") AND p.ended_at IS NULL)
     OR EXISTS (SELECT FROM identities i WHERE i.user_id = u.id AND i.disputed_email = lower(u.email COLLATE "C")));
