import { expect, it } from "vitest";

import { findDisputedAccount } from "../../src/identity/email-proofs.ts";
import { openDatabase } from "../../src/database/database.ts";
import { applyMigrations } from "../../src/database/migrate.ts";
import { listOwnInvitations } from "../../src/invitations/join-options.ts";
import { findMembersByAddress } from "../../src/invitations/invite.ts";
import { withdrawInvitations } from "../../src/tenancy/withdraw-invitations.ts";
import { createOrganization } from "../../src/organizations/organization.ts";
import { createEmptyDatabase } from "../support/database.ts";

it("a database with Turkish case rules matches Hugging Face names", async () => {
  const empty = await createEmptyDatabase();
  const name = "odd_turkish";
  await empty.query(
    `create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'tr-TR' locale 'C'`,
  );
  const address = new URL(empty.url);
  address.pathname = `/${name}`;
  await applyMigrations(address.href);
  const turkish = openDatabase({
    url: address.href,
    poolSize: 1,
    logger: { warn: () => undefined },
    slowness: 10,
  });
  try {
    const issuer = "https://id.example/oidc";
    const { id: userId } = await turkish.unscoped.user.create({
      data: {
        issuer,
        subject: "ada",
        identities: { create: { provider: "huggingface", subject: "1", handle: "INDIGO" } },
      },
    });
    const { id: organizationId } = await createOrganization(
      turkish,
      { name: "Acme", userId },
      null,
    );
    const found = await turkish.forOrganization(organizationId, async (tx) => {
      await tx.invitation.create({
        data: {
          organizationId,
          kind: "hugging_face",
          handle: "indigo",
          role: "member",
          expiresAt: new Date(Date.now() + 3_600_000),
        },
      });
      return findMembersByAddress(tx, { id: organizationId }, ["@indigo"]);
    });
    expect(found).toEqual(new Set(["@indigo"]));
    expect(await listOwnInvitations(turkish, { id: userId })).toHaveLength(1);
    const withdrawn = await turkish.forOrganization(organizationId, (tx) =>
      withdrawInvitations(tx, { organizationId, userId }),
    );
    expect(withdrawn).toHaveLength(1);
    const disputed = await turkish.unscoped.$transaction(async (tx) => {
      await tx.user.update({ where: { id: userId }, data: { email: "INDIGO@acme.example" } });
      await tx.identity.updateMany({ data: { disputedEmail: "indigo@acme.example" } });
      return findDisputedAccount(tx, userId);
    });
    expect(disputed).toMatchObject({ provider: "huggingface" });
  } finally {
    await turkish.close();
    await empty.query(`drop database ${name} with (force)`);
    await empty.drop();
  }
});
