import { isName } from "../identity/display-name.ts";

/** Characters that browsers read as a full stop in an address (UTS 46, section 2.3), or that look like one. */
const dots = ".\u2024\u3002\ufe52\uff0e\uff61";

/** Other characters that make a link of a text: colons, slashes in both directions, and at signs. */
const joints = ":\u2236\ufe55\uff1a/\u2044\u2215\uff0f\\\\\uff3c\ufe68@\ufe6b\uff20";

/** Matches those that something follows: "Acme Inc. in Paris" keeps its full stop, "www.evil.example" loses both. */
const linking = new RegExp(`[${dots}${joints}]+(?=[^\\s${dots}])`, "gu");

/** Matches what mail programs take for a telephone number, and make a link of. */
const number = /\+?\p{Nd}(?:[\s().-]*\p{Nd}){8,}|\+\p{Nd}(?:[\s().-]*\p{Nd}){5,}/gu;

/**
 * Makes a name that a stranger chose safe for a mail. Mail programs make links of everything that looks like an address, and
 * people trust our mails. So every character that joins the parts of an address becomes a space ("www evil example"); a
 * name with a dot ("Booking.com") stays recognizable (docs/decisions/022-limits.md).
 */
export function nameInMail(name: string): string {
  return name.replaceAll(number, "…").replaceAll(linking, " ").replaceAll(/ {2,}/g, " ").trim();
}

/**
 * Names a person in a mail.
 *
 * @param shown the result of `displayName`
 * @param otherwise for people without a name: nobody recognizes an address without its dots
 */
export const personInMail = (shown: string, otherwise: string): string =>
  isName(shown) ? nameInMail(shown) : otherwise;
