import providers from "email-providers/all.json" with { type: "json" };
import { getDomain } from "tldts";

import { normalizeDomain } from "../http/email-field.ts";

/** Where anybody gets an address, and the package does not know it. */
const otherProviders = [
  "duck.com",
  "fastmail.com",
  "posteo.de",
  "tuta.com",
  "tuta.io",
  "tutanota.com",
];

const publicProviders = new Set(
  [...providers, ...otherProviders].map((domain) => normalizeDomain(domain)),
);

/**
 * Whether an organization may say that a domain is its own, as far as the domain itself tells.
 *
 * @param domain in the form of `normalizeDomain`
 * @returns why not, as a sentence; null where it may
 */
export function refuseDomain(domain: string): string | null {
  // With the private part of the public suffix list: github.io is many people's, as co.uk is.
  if (getDomain(domain, { allowPrivateDomains: true }) === null) {
    return "Anybody can register a name below that one. Please enter a domain of your own.";
  }
  const registered = getDomain(domain);
  if ([domain, registered].some((each) => publicProviders.has(each))) {
    return "Anybody can get an address there. Please enter a domain of your own.";
  }
  return null;
}
