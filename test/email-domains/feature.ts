import type { FeatureTests } from "../support/feature-tests.ts";
import { emailDomainGallery, evilEmailDomains } from "./gallery.tsx";
import { emailDomainWays } from "./ways.ts";

/** Verifies a domain, and gives the guest an address there. */
const open = `with verified as (update email_domains set verified_at = now() where domain = $1)
              update users set email = 'sample@' || $1, email_verified = true where id = $2`;

export const emailDomainTests: FeatureTests = {
  gallery: emailDomainGallery,
  evil: evilEmailDomains,
  ways: emailDomainWays,
  afterMade: async ({ query }, { name, id, guest }) => {
    if (name === "domain" && guest) await query(open, [id, guest.id]);
  },
  tenancyRules: {
    "policy email_domains.of_current_user":
      "to read only: verified ones, of one's own proven addresses",
  },
  citusRules: { "policy email_domains.of_current_user": "goes: a look-up table by domain" },
};
