import { Resolver } from "node:dns/promises";

import { productSlug } from "../runtime/product.ts";

/**
 * Asks the DNS for all TXT records of a name, each as a list of chunks.
 *
 * @throws an error with a `code` of node:dns, such as ENOTFOUND
 */
export type ResolveTxt = (name: string) => Promise<string[][]>;

/** The result of a lookup; `unanswered` if the DNS gave no clear answer. */
export type Finding = "found" | "missing" | "unanswered";

/** The record that proves a claim: only the owner of the domain can create it. */
export function describeRecord({ domain, challenge }: { domain: string; challenge: string }) {
  // With an underscore, so that it is no host name (RFC 8552, section 1).
  return { name: `_${productSlug}.${domain}`, value: `${productSlug}-verification=${challenge}` };
}

/** Looks for the record of a claim. It can take seconds: never call it inside a transaction. */
export async function findRecord(
  resolveTxt: ResolveTxt,
  claim: { domain: string; challenge: string },
): Promise<Finding> {
  const { name, value } = describeRecord(claim);
  try {
    const records = await resolveTxt(name);
    // A text of more than 255 bytes comes in several chunks (RFC 7208, section 3.3, joins them).
    return records.some((chunks) => chunks.join("") === value) ? "found" : "missing";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === undefined) throw error;
    // No such name, or no TXT record. Any other error says nothing about the domain.
    return code === "ENOTFOUND" || code === "ENODATA" ? "missing" : "unanswered";
  }
}

/** Asks the DNS servers of this machine, or the given ones. */
export function createTxtResolver({
  servers,
  timeout = 3_000,
}: { servers?: string[]; timeout?: number } = {}): ResolveTxt {
  const resolver = new Resolver({ timeout, tries: 2 });
  if (servers) resolver.setServers(servers);
  return (name) => resolver.resolveTxt(name);
}
