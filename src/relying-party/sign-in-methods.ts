import { z } from "zod";

import { invalidAnswer, parseAnswer } from "./error.ts";
import { within } from "./provider.ts";
import { createOpenIdRequester } from "./requester.ts";
import { createSharedDocument } from "./shared-document.ts";

/** The ways to sign in that Logto's own page offers: our pages offer no others. */
export type SignInMethods = ReturnType<typeof createSignInMethods>;

type SignInMethodsOptions = {
  /** Logto's address, without `/oidc`. */
  endpoint: string;
  clock?: () => Date;
};

/** An older answer is asked for again, while pages go on with it. Milliseconds. */
const fresh = 60_000;

/** A page waits this long for the first answer. */
const timeoutMs = 300;

const experience = z.object({ socialConnectors: z.array(z.object({ target: z.string() })) });

/** Asks the same public address that Logto's own page asks for its buttons. */
export function createSignInMethods({ endpoint, clock = () => new Date() }: SignInMethodsOptions) {
  const request = createOpenIdRequester(3_000, () => undefined);
  let known: boolean | undefined;
  const methods = createSharedDocument({
    clock,
    // A sign-in reports the failures of Logto.
    onFailure: () => undefined,
    async load() {
      const answer = await request({ url: `${endpoint}/api/.well-known/sign-in-exp` });
      const { socialConnectors } = parseAnswer(experience, answer, (reason) =>
        invalidAnswer(`sign-in-exp: ${reason}`),
      );
      known = socialConnectors.some(({ target }) => target === "huggingface");
      return known;
    },
  });
  const ask = () => methods.read({ maxAge: fresh }).catch(() => false);
  // The answer is there by the first page.
  void ask();
  return {
    /** Whether it has a button for Hugging Face, by its last answer; false while there is none. */
    async hasHuggingFace(): Promise<boolean> {
      const asked = ask();
      return known ?? within(AbortSignal.timeout(timeoutMs), asked).catch(() => false);
    },
  };
}
