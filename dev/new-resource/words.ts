import pluralize from "pluralize-esm";

/** A word in each spelling that the code uses. */
export type Spellings = {
  /** Folders, addresses, permissions, actions: `support-ticket`. */
  kebab: string;
  /** SQL: `support_ticket`. */
  snake: string;
  /** Variables: `supportTicket`. */
  camel: string;
  /** Types and components: `SupportTicket`. */
  pascal: string;
  /** Texts on pages: `support ticket`. */
  text: string;
};

export type Words = { one: Spellings; many: Spellings };

/** Why a resource cannot be made. Nothing was changed. */
export class Refusal extends Error {}

/** Names that PostgreSQL derives, such as `…_organization_id_is_archived_id_idx`, must fit into 63 characters. */
const longest = 28;

/** Reserved words: those of JavaScript cannot name a variable, those of SQL cannot name a table without quotes. */
const reserved = new Set(
  `await break case catch class const continue debugger default delete do else enum eval export extends
   finally for function if implements import in instanceof interface let new null package private protected
   public return static super switch this throw try typeof var void while with yield references`.split(
    /\s+/,
  ),
);

/**
 * Reads the name of a new resource.
 *
 * @param name the plural, in kebab-case: `tasks`, `support-tickets`
 * @throws {Refusal} when it is not that, or cannot be used in code
 */
export function readWords(name: string): Words {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name)) {
    throw new Refusal(`"${name}" is not in kebab-case, such as tasks or support-tickets.`);
  }
  if (name.length > longest) throw new Refusal(`${name} is longer than ${longest} characters.`);
  const singular = pluralize.singular(name);
  if (singular === name) {
    const plural = pluralize.plural(name);
    const hint = plural === name ? "" : ` Did you mean ${plural}?`;
    throw new Refusal(`${name} is not the plural of anything.${hint}`);
  }
  for (const word of [singular, name]) {
    if (reserved.has(word)) {
      throw new Refusal(`${word} is a word of the language. Two will do: work-${name}, perhaps.`);
    }
  }
  return { one: spell(singular), many: spell(name) };
}

/** @param kebab such as `support-ticket` */
function spell(kebab: string): Spellings {
  const words = kebab.split("-");
  const pascal = words.map(capitalize).join("");
  return {
    kebab,
    snake: words.join("_"),
    camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
    pascal,
    text: words.join(" "),
  };
}

export function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
