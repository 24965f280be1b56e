import { safeImageUrl } from "./safe-image-url.ts";

/* Tailwind reads this file, and finds whole class names only. */
const tints = ["tint-165", "tint-235", "tint-300", "tint-20", "tint-75", "tint-120"] as const;
const isAscii = /^[!-~](?:[!-~]|$)/;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

interface AvatarProps {
  name: string;
  imageUrl?: string | null | undefined;
  /** The number of its colour; left out, the name chooses one. */
  tint?: number | undefined;
  /** People are round, organizations square. */
  shape?: "person" | "organization";
  size?: "small" | "medium" | "large" | undefined;
}

const sizes = {
  small: "size-8 text-xs",
  medium: "size-10 text-sm",
  large: "size-16 text-xl",
} as const;

/**
 * A picture of a person or organization. It stands beside the name, so assistive technology does not read it.
 * The initials are under the picture: a refused, missing or broken picture leaves them visible. Chromium would draw an
 * icon over them if the picture had a `width` or `height`, so its size comes from min and max.
 */
export function Avatar(props: AvatarProps) {
  const { name, imageUrl, shape = "person", size = "medium", tint = chooseTint(name) } = props;
  const src = safeImageUrl(imageUrl);
  const square = size === "large" ? "rounded-box" : "rounded-field";
  const corners = shape === "person" ? "rounded-full" : square;
  return (
    <span class={`avatar ${corners} ${sizes[size]} ${tints[tint]}`} aria-hidden="true">
      {writeInitials(name, shape === "person" ? 2 : 1)}
      {src && <img src={src} alt="" referrerpolicy="no-referrer" loading="lazy" decoding="async" />}
    </span>
  );
}

interface OrganizationAvatarProps extends Pick<AvatarProps, "size"> {
  organization: { name: string; picture?: string | null; tint?: number };
}

/** The picture of an organization, or its initial. */
export function OrganizationAvatar({ organization, size }: OrganizationAvatarProps) {
  const { name, picture, tint } = organization;
  return <Avatar name={name} imageUrl={picture} tint={tint} shape="organization" size={size} />;
}

/** The first letter of a name, or those of its first and last word. */
export function writeInitials(name: string, count: 1 | 2): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return "?";
  const last = words.at(-1);
  const chosen = count === 2 && last !== undefined && words.length > 1 ? [first, last] : [first];
  return chosen.map(readFirstGrapheme).join("").toUpperCase();
}

function readFirstGrapheme(word: string): string {
  // No two characters of ASCII make one letter, and asking the segmenter costs a hundred times as much.
  if (isAscii.test(word)) return word.charAt(0);
  for (const { segment } of graphemes.segment(word)) return segment;
  return "";
}

function chooseTint(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % tints.length;
}
