import { Refusal } from "./refusal.ts";

/**
 * Names the folder of a new migration, such as `20261203120000_add_color`.
 *
 * @param name in snake_case or kebab-case
 * @param present names of the existing migrations, oldest first
 * @param now for the version, which is later than the last one's also where clocks differ
 * @throws {Refusal}
 */
export function nameMigration(name: string, present: readonly string[], now: Date): string {
  if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(name) || name.length > 100) {
    throw new Refusal(
      "A name has lower-case letters and digits, and hyphens between words, such as add-color.",
    );
  }
  const date = now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const last = /^\d{14}/.exec(present.at(-1) ?? "")?.[0] ?? "";
  const version = date > last ? date : String(Number(last) + 1);
  return `${version}_${name.replaceAll("-", "_")}`;
}
