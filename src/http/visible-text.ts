/** Blank glyphs, and all separators of words and lines. */
const blank =
  /[\t-\r\p{Z}\u0085\u115f\u1160\u2800\u3164\uffa0\ufffc\u{13441}\u{13442}\u{1d159}]+/gu;

/**
 * Characters that are invisible by themselves: control, format, direction, tags, variation selectors, halves of
 * surrogate pairs, private use. Some sequences need them and keep them: flags of regions, joined emoji, variants of
 * emoji, ideographs and Mongolian letters, and joiners between letters of the scripts that use them (Unicode Standard
 * Annex #31, section 2.3).
 */
const joining =
  "\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Mong}\\p{scx=Nkoo}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}" +
  "\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}";
const needed = [
  "\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{2,6}\\u{e007f}",
  "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})",
  "(?<=[\\p{Emoji}\\p{S}])[\\ufe0e\\ufe0f]",
  "(?<=\\p{Ideographic})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]",
  "(?<=\\p{Script=Mongolian})(?<=\\p{L})[\\u180b-\\u180d\\u180f]",
  `(?<=[${joining}])(?<=[\\p{L}\\p{M}])[\\u200c\\u200d](?=[${joining}])(?=[\\p{L}\\p{M}])`,
  "(?<=[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca])\\u200d",
].join("|");
const unseen =
  "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\u2028\\u2029]";
const hidden = new RegExp(`(${needed})|${unseen}`, "gu");

/** Too many accents reach into the lines above and below. A letter keeps six, and three of those for all scripts. */
const accents = /(\p{sc=Zinh}{3})\p{sc=Zinh}+(?<=\p{M})|(\p{M}{6})\p{M}+/gu;

/** Longer names from other systems are cut. */
const longest = 200;

/** Words of ASCII with single spaces between them: nothing in them could be hidden. Most names are so. */
const plain = /^[!-~]+(?: [!-~]+)*$/;

/**
 * Cleans a name from another system before it is stored and shown: one line, in Unicode's composed form, without
 * characters that are invisible or change the direction of the text around them.
 *
 * @returns null if nothing visible is left
 */
export function cleanName(text: string): string | null {
  if (text.length <= longest && plain.test(text)) return text;
  const visible = removeHidden(text.slice(0, 20 * longest).replaceAll(blank, " "))
    .normalize("NFC")
    .replaceAll(accents, "$1$2")
    // At the start of a name, an accent would sit on the text before it, and a joiner has nothing to join.
    .replace(/^[\s\p{M}\p{Default_Ignorable_Code_Point}]+/u, "")
    .replaceAll(/ +/g, " ");
  const name = removeHidden(Array.from(visible).slice(0, longest).join("")).normalize("NFC").trim();
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) ? name : null;
}

/** Tells whether a text has invisible characters, other than line breaks and tabs. */
export function hasHidden(text: string): boolean {
  const lines = text.replaceAll(/[\n\t]/g, " ");
  return removeHidden(lines) !== lines;
}

function removeHidden(text: string): string {
  return text.replaceAll(hidden, "$1");
}
