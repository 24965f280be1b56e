import { Resolver } from "node:dns/promises";

import { productSlug } from "../runtime/product.ts";

/**
 * Asks the DNS for all TXT records of a name, each in its chunks.
 *
 * @throws an error with a `code` of node:dns, such as ENOTFOUND
 */
export type ResolveTxt = (name: string) => Promise<string[][]>;

/** What a domain's DNS says of a claim; `unanswered`: it may be there or not. */
export type Finding = "found" | "missing" | "unanswered";

/** The record that proves a claim: whoever can create it controls the domain. */
export function describeRecord({ domain, challenge }: { domain: string; challenge: string }) {
  // Underscored, so that it is no host's name (RFC 8552, section 1).
  return { name: `_${productSlug}.${domain}`, value: `${productSlug}-verification=${challenge}` };
}

/** Looks for the record of a claim. It may take seconds: never call it inside a transaction. */
export async function findRecord(
  resolveTxt: ResolveTxt,
  claim: { domain: string; challenge: string },
): Promise<Finding> {
  const { name, value } = describeRecord(claim);
  try {
    const records = await resolveTxt(name);
    // A text of more than 255 bytes comes in several (RFC 7208, section 3.3, says how they are joined).
    return records.some((chunks) => chunks.join("") === value) ? "found" : "missing";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === undefined) throw error;
    // No such name, or no such record under it. Anything else says nothing about the domain.
    return code === "ENOTFOUND" || code === "ENODATA" ? "missing" : "unanswered";
  }
}

/** The DNS as this machine knows it, or as the given servers do. */
export function createTxtResolver({
  servers,
  timeout = 3_000,
}: { servers?: string[]; timeout?: number } = {}): ResolveTxt {
  const resolver = new Resolver({ timeout, tries: 2 });
  if (servers) resolver.setServers(servers);
  return (name) => resolver.resolveTxt(name);
}
