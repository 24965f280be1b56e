/** The product's name, as people read it. `npm run rename` writes it, and docs/renaming.md says where it shows. */
export const productName = "Tenantry";

/**
 * The name that machines read: in DNS records, metrics, marks at Logto and the database. Customers and monitoring come
 * to depend on it: it stays once the product is in use, even if the name changes.
 */
export const productSlug = "tenantry";

/** The slug where no hyphen may stand, such as in SQL and in names of metrics. */
export const productIdentifier = toIdentifier(productSlug);

/** @param slug such as `two-words`: gives `two_words` */
export function toIdentifier(slug: string): string {
  return slug.replaceAll("-", "_").replace(/^(?=\d)/, "_");
}
