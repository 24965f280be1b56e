/** Full stops, as browsers read them in addresses (UTS 46, section 2.3) and as they look. */
const dots = ".\u2024\u3002\ufe52\uff0e\uff61";

/** What else makes a link of a text: colons, slashes in both directions, and at signs. */
const joints = ":\u2236\ufe55\uff1a/\u2044\u2215\uff0f\\\\\uff3c\ufe68@\ufe6b\uff20";

/** Those that something follows: "Acme Inc. in Paris" keeps its full stop, "www.evil.example" none. */
const linking = new RegExp(`[${dots}${joints}]+(?=[^\\s${dots}])`, "gu");

/** As long as a telephone number, which mail programs make links of as well. */
const number = /\+?\p{Nd}(?:[\s().-]*\p{Nd}){8,}|\+\p{Nd}(?:[\s().-]*\p{Nd}){5,}/gu;

/**
 * A name that a stranger chose, as a mail has it: mail programs make links of whatever looks like an address, and a mail
 * of ours is trusted. What joins the parts of an address becomes a space ("www evil example"), so that a name that is
 * none leads nowhere, and one that has a dot ("Booking.com") stays recognizable (docs/decisions/022-limits.md).
 */
export function nameInMail(name: string): string {
  return name.replaceAll(number, "…").replaceAll(linking, " ").replaceAll(/ {2,}/g, " ").trim();
}
