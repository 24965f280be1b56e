/** The name of the product for people. `npm run rename` changes it (docs/renaming.md). */
export const productName = "Tenantry";

/**
 * The name of the product for machines: in DNS records, metrics, marks at Logto and the database. Customers and monitoring depend
 * on it, so it stays once the product is in use, even when the name changes.
 */
export const productSlug = "tenantry";

/** The slug without hyphens, for SQL and the names of metrics. */
export const productIdentifier = toIdentifier(productSlug);

/** @param slug such as `two-words`: gives `two_words` */
export function toIdentifier(slug: string): string {
  return slug.replaceAll("-", "_").replace(/^(?=\d)/, "_");
}
