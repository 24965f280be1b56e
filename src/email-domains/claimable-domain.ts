import providers from "email-providers/all.json" with { type: "json" };
import { getDomain } from "tldts";

import { normalizeDomain } from "../http/email-field.ts";

/** Public mail providers that the package does not list. */
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
 * Whether a domain can belong to one organization at all.
 *
 * @param domain in the form of `normalizeDomain`
 * @returns the reason against it, as a sentence; null if there is none
 */
export function refuseDomain(domain: string): string | null {
  // The private part of the public suffix list counts: many people share github.io, as they share co.uk.
  if (getDomain(domain, { allowPrivateDomains: true }) === null) {
    return "Anyone can register a name under this domain. Please enter a domain of your own.";
  }
  const registered = getDomain(domain);
  if ([domain, registered].some((each) => publicProviders.has(each))) {
    return "Anyone can get an address at this domain. Please enter a domain of your own.";
  }
  return null;
}
