/** Says in a sentence why no migration was written. */
export class Refusal extends Error {
  override name = "Refusal";
}
