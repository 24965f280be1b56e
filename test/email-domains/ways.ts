import { joinByAddress, joinBySigningIn } from "../../src/email-domains/joining.ts";
import { byAnother, guestAt, type Prepare, type Ways } from "../memberships/decisions-world.ts";

const byDomain =
  (mode: "offer" | "automatic"): Prepare =>
  async (world) => {
    const { application, organization, domain } = world;
    await application.query(
      `insert into email_domains (organization_id, domain, challenge, mode, role, verified_at)
       values ($1, $2, 'a challenge', $3::join_mode, 'admin', now())`,
      [organization.id, domain, mode],
    );
    return async (as) => {
      const { database } = application;
      if (mode === "automatic") await joinBySigningIn(database, guestAt(world, as), { domain });
      await joinByAddress(database, guestAt(world, as), { domain });
    };
  };

export const emailDomainWays: Ways = {
  older: {
    "an email domain, mode `offer`": byDomain("offer"),
    "an email domain, mode `automatic`": byDomain("automatic"),
    "another account of theirs, by an email domain": byAnother(byDomain("automatic")),
  },
};
