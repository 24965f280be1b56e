import fc from "fast-check";

/** Any character but half of a surrogate pair. fast-check's own unit "binary" costs each file seconds for its tables. */
const anyCharacter = fc
  .nat({ max: 0x10_ff_ff - 0x8_00 })
  .map((number) => String.fromCodePoint(number < 0xd8_00 ? number : number + 0x8_00));

/** Any text, for tests of properties. */
export const anyText = (maxLength?: number) =>
  fc.string({ unit: anyCharacter, ...(maxLength !== undefined && { maxLength }) });
