import slugify from "@sindresorhus/slugify";

import { toIdentifier } from "../../src/runtime/product.ts";

/** A product's name, in each spelling that files have for it. */
export type Names = {
  /** The name that people read: `Acme Cloud`. */
  text: string;
  /** The slug: package, image, DNS record: `acme-cloud`. */
  kebab: string;
  /** SQL and metrics: `acme_cloud`. */
  snake: string;
  /** Part of a type's or function's name: `AcmeCloud`. */
  pascal: string;
  /** The same at the beginning of one: `acmeCloud`. */
  camel: string;
  /** Environment variables: `ACME_CLOUD`. */
  screaming: string;
};

/** The product cannot have this name: nothing has been changed. */
export class UnfitNameError extends Error {}

const longestName = 50;
/** PostgreSQL cuts names at 63 characters, and the slug gets endings such as `_logto_stand_in`. */
const longestSlug = 40;

/** Names of databases and services, and words that mean something else in YAML or SQL. */
const reserved = new Set(
  `application logto mailpit migrate postgres template0 template1 test
   yes no on off null true false
   all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
   column concurrently constraint create cross current-date current-role current-user default deferrable desc distinct
   do else end except fetch for foreign freeze from full grant group having ilike in initially inner intersect into is
   isnull join lateral leading left like limit localtime natural not notnull offset only or order outer overlaps
   placing primary references returning right select session-user similar some symmetric system-user table tablesample
   then to trailing union unique user using variadic verbose when where window with`.split(/\s+/),
);

/**
 * Reads a product's name.
 *
 * @param name as people are to read it
 * @param slug what machines read; undefined: it is made of the name
 * @param taken names of packages that the project installs: npm refuses a project of that name
 * @throws {UnfitNameError} when files could not hold it
 */
export function readNames(name: string, slug: string | undefined, taken: Iterable<string>): Names {
  const text = name.normalize("NFC").trim();
  if (text === "") throw new UnfitNameError("The name is empty.");
  if (text.length > longestName) {
    throw new UnfitNameError(`The name is longer than ${longestName} characters.`);
  }
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N} &'’.+!-]*$/u.test(text) || text.includes("  ")) {
    throw new UnfitNameError(
      "The name may have letters, digits, single spaces and & ' ’ . + ! - in it, and begins with a letter or digit.",
    );
  }
  const kebab = slug ?? slugify(text.replaceAll(/['’]/g, ""), { decamelize: false });
  const fault = findFault(kebab, taken);
  if (fault !== undefined) {
    const origin = slug === undefined ? ` Choose one: --slug my-product` : "";
    throw new UnfitNameError(`The slug "${kebab}" ${fault}.${origin}`);
  }
  return spell(text, kebab);
}

function findFault(slug: string, taken: Iterable<string>): string | undefined {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) return "is not in kebab-case, such as my-product";
  if (slug.length > longestSlug) return `is longer than ${longestSlug} characters`;
  // YAML would take such a name for a number.
  if (!/[a-z]/.test(slug) || !Number.isNaN(Number(slug))) return "is a number";
  if (reserved.has(slug)) return "means something else in SQL, YAML or docker-compose.yml";
  if (/^pg(-|$)/.test(slug)) return "begins as the names that PostgreSQL keeps for itself";
  return [...taken].includes(slug) ? "is the name of a package that is installed" : undefined;
}

/** @param kebab such as `acme-cloud` */
export function spell(text: string, kebab: string): Names {
  const pascal = kebab
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
  const snake = toIdentifier(kebab);
  return {
    text,
    kebab,
    snake,
    pascal,
    camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
    screaming: snake.toUpperCase(),
  };
}
