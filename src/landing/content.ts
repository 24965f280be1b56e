import { productName } from "../runtime/product.ts";
import type { IconName } from "../views/icon.tsx";

/* The words of the page at /. They hold for any product; say here what yours does. */

/** The heading. */
export const claim = "Work together, each team in a space of its own";

export const introduction = `${productName} gives your organization one place for its people and their work.`;

/** Three reasons to use the product. */
export const reasons: readonly { icon: IconName; title: string; text: string }[] = [
  {
    icon: "building",
    title: "Your space is yours",
    text: "Only the people of your organization see what is in it.",
  },
  {
    icon: "people",
    title: "The right role for everyone",
    text: "Decide who manages, who works, and who only reads.",
  },
  {
    icon: "key",
    title: "One account for all of them",
    text: "Belong to several organizations, and switch between them in two clicks.",
  },
];
