import { domainToASCII } from "node:url";

import { z } from "zod";

/** The longest address that mail servers accept (RFC 5321, section 4.5.3.1, with its erratum 1690). */
const longest = 254;

/**
 * Brings an address into the form in which it is stored and compared: lower case, its domain in ASCII (RFC 5891). The
 * part before the @ must be ASCII already: in lower case, "miKe" with a Kelvin sign for its k would become another
 * person's address.
 *
 * @returns null for anything but one address
 */
export function normalizeEmail(value: string): string | null {
  const trimmed = value.trim();
  const at = trimmed.lastIndexOf("@");
  const local = trimmed.slice(0, at).toLowerCase();
  const domain = normalizeDomain(trimmed.slice(at + 1));
  const isLocal =
    /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local) &&
    local.length <= 64 &&
    /^\p{ASCII}*$/u.test(trimmed.slice(0, at));
  if (at < 1 || domain === null || !isLocal) return null;
  const address = `${local}@${domain}`;
  return address.length <= longest ? address : null;
}

/**
 * Names the mailbox of an address, for counting: most mail servers deliver "ada+anything@" to "ada@", and many deliver
 * "a.d.a@" there as well. Do not send mail to the result.
 */
export function nameMailbox(address: string): string {
  const at = address.lastIndexOf("@");
  const [local = ""] = address.slice(0, at).split("+");
  return `${local.replaceAll(".", "") || address.slice(0, at)}${address.slice(at)}`;
}

/** Brings a domain into lower case and ASCII. @returns null for anything but a domain with at least one dot */
export function normalizeDomain(value: string): string | null {
  const given = value.trim().toLowerCase();
  // domainToASCII() reads a host out of an address: "x.example/y" and "x%2eexample" would both be "x.example".
  if (/[^\P{ASCII}a-z0-9.-]/u.test(given)) return null;
  const domain = domainToASCII(given);
  const isDomain =
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(domain) &&
    domain.length <= 253;
  return isDomain ? domain : null;
}

/** One email address, normalized. */
export const emailField = z.string("Please enter an email address.").transform((value, context) => {
  const address = normalizeEmail(value);
  if (address !== null) return address;
  context.addIssue({ code: "custom", message: "Please enter one email address." });
  return z.NEVER;
});
