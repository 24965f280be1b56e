import { z } from "zod";

import type { TenantDatabase } from "../database/database.ts";
import { defineCookie } from "../http/cookie.ts";
import { isOpenedByPerson } from "../http/fetch-metadata.ts";
import type { RouteContext } from "../http/route.ts";
import { seal, unseal } from "../http/seal.ts";
import { createRandomToken, hashToken } from "../http/token.ts";
import type { Member } from "../tenancy/actor.ts";
import { changeAs } from "../tenancy/change-as.ts";

/** The page that a form leads to has to be opened within this time. Seconds. */
const lifetimeSeconds = 2 * 60;

const receipt = z.object({
  title: z.string(),
  links: z.array(z.object({ label: z.string(), note: z.string(), href: z.string() })),
  /** Sentences about the recipients who got no invitation. */
  others: z.array(z.string()),
});

/** The result of a form that made links. The links are in it and nowhere else. */
export type Receipt = z.output<typeof receipt>;

/**
 * Keeps the result of a form until the page that the form leads to shows it, once. The row holds it encrypted; only the
 * browser that sent the form has the key. It opens for the same person, in the same organization.
 */
export function createReceipts(database: TenantDatabase, origin: string) {
  const cookie = defineCookie("invitation-receipt", { origin, maxAge: lifetimeSeconds });
  return {
    async keep(ctx: RouteContext, actor: Member, kept: Receipt): Promise<void> {
      const key = createRandomToken();
      const sealed = await seal(JSON.stringify(kept), key, purposeFor(actor));
      const organizationId = actor.organization.id;
      const statements = [
        {
          name: "remove-unseen-receipts",
          text: `delete from invitation_receipts
                  where organization_id = $1 and created_at < now() - make_interval(secs => $2)`,
          values: [organizationId, lifetimeSeconds],
        },
        {
          name: "keep-receipt",
          text: "insert into invitation_receipts (organization_id, key_hash, sealed) values ($1, $2, $3)",
          values: [organizationId, hashFor(actor, key), sealed],
        },
      ];
      // The events are those of the invitations.
      await changeAs(database, actor, "invitation:create", { statements, event: [] });
      cookie.write(ctx, key);
    },

    /** Takes the result that waits for the page that a person opens. Nobody can take it again. */
    async take(ctx: RouteContext, actor: Member): Promise<Receipt | null> {
      const key = isOpenedByPerson(ctx) ? cookie.read(ctx) : undefined;
      if (key === undefined) return null;
      const organizationId = actor.organization.id;
      const [row] = await database.forOrganization(
        organizationId,
        (tx) => tx.$queryRaw<{ sealed: string }[]>`
          delete from invitation_receipts
           where organization_id = ${organizationId}::uuid and key_hash = ${hashFor(actor, key)}
             and created_at >= now() - make_interval(secs => ${lifetimeSeconds})
          returning sealed`,
      );
      // It may be for another organization, in another tab.
      if (!row) return null;
      cookie.expire(ctx);
      const text = await unseal(row.sealed, key, purposeFor(actor));
      return text === null ? null : receipt.parse(JSON.parse(text));
    },
  };
}

const purposeFor = ({ user }: Member) => `invitation receipt ${user.id}`;

const hashFor = ({ user }: Member, key: string) => hashToken(`${key} ${user.id}`);
