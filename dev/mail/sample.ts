import type { MailContent } from "../../src/mail/mail-content.tsx";

/** A mail that the product sends, written by its own function from sample facts. */
export type Sample = {
  /** When the product sends it. */
  occasion: string;
  /** The name of the function. */
  template: string;
  content: MailContent;
};

/** The organization that the samples are about. */
export const organization = {
  id: "0198c3a2-7b1e-7c55-9a2f-3d1f0c9be7aa",
  name: "Acme Robotics",
  url: "http://localhost:3000/o/acme-robotics",
};

/** @param write a function of src/ that writes a mail */
export function sample<Facts extends unknown[]>(
  occasion: string,
  write: (...facts: Facts) => MailContent,
  ...facts: Facts
): Sample {
  return { occasion, template: write.name, content: write(...facts) };
}
