import type { VNode } from "preact";

import { EmailDomainsPage } from "../../src/email-domains/views.tsx";
import { evilActor } from "../views/evil-actor.ts";
import { evil } from "../views/evil.ts";
import { createdAt, owner, showSection } from "../views/samples.tsx";

const claim = {
  challenge: "q3Hk0nYwz1LxR5uV8sT2bC4dE6fG7hJ9kM0pQ1rS2tU",
  verifiedAt: null,
  mode: "offer",
  role: "member",
} as const;

/** The pages of the feature, as people may see them. */
export const emailDomainGallery: Readonly<Record<string, VNode>> = {
  "email-domains": showSection(
    "Settings",
    <EmailDomainsPage
      actor={owner}
      domains={[
        { ...claim, domain: "acme.example", verifiedAt: createdAt },
        {
          ...claim,
          domain: "with-a-very-long-name-indeed-for-a-phone.robotics.acme.example",
          mode: "automatic",
        },
        { ...claim, domain: "acme.test" },
      ]}
      form={{
        values: { domain: "gmail.com" },
        errors: { domain: ["Anyone can get an address at this domain."] },
      }}
      result={{
        domain: "acme.test",
        finding: "missing",
        form: {
          values: {},
          errors: { mode: ["Please choose how people join."], other: ["Unknown field."] },
        },
      }}
    />,
  ),
  "email-domains-none": showSection("Settings", <EmailDomainsPage actor={owner} domains={[]} />),
};

/** The same pages with markup in every text. */
export const evilEmailDomains = {
  EmailDomainsPage: (
    <EmailDomainsPage
      actor={{ ...evilActor, role: "owner" }}
      domains={[
        { ...claim, domain: evil, challenge: evil },
        { ...claim, domain: `x${evil}`, challenge: evil, verifiedAt: createdAt },
      ]}
      form={{ values: { domain: evil }, errors: { domain: [evil], other: [evil] } }}
      result={{
        domain: evil,
        finding: "missing",
        form: { values: {}, errors: { mode: [evil], other: [evil] } },
      }}
    />
  ),
};
