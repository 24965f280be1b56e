/** Something that Logto has stands in the way; `message` is the sentence to show. */
export class ProvisionError extends Error {
  override name = "ProvisionError";
}
