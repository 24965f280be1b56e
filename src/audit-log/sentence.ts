/** A part of a sentence: our words, a name that people gave, or another value that they typed. */
export type Piece = string | { name: string } | { value: string };

export type Sentence = readonly Piece[];

/** Puts words and pieces together: say`${actor} removed ${target}`. Null adds nothing. */
export function say(
  words: TemplateStringsArray,
  ...parts: readonly (Piece | Sentence | null)[]
): Sentence {
  return words.flatMap((text, index) => [text, parts[index] ?? ""].flat().filter(Boolean));
}

/** "a viewer", "an admin". */
export function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? "an" : "a"} ${noun}`;
}

/** `role_changed`, `audit-log.read` and `archivedAt` in words. */
export function spaceWords(text: string): string {
  return text
    .replaceAll(/[-_.]+/g, " ")
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
