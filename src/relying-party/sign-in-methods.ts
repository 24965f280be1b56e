import { z } from "zod";

import { invalidAnswer } from "./error.ts";
import { within } from "./provider.ts";
import { createOpenIdRequester } from "./requester.ts";
import { createSharedDocument } from "./shared-document.ts";

/** Which ways to sign in Logto's own page offers, so that ours offer no other. */
export type SignInMethods = {
  /** Whether it has a button for Hugging Face, as it said last; false while it has said nothing. */
  hasHuggingFace(): Promise<boolean>;
};

type SignInMethodsOptions = {
  /** Logto's address, without `/oidc`. */
  endpoint: string;
  clock?: () => Date;
};

/** Older than that, it is asked again, while pages go on with what it said. Milliseconds. */
const fresh = 60_000;

/** A page waits so long for the first answer. Milliseconds. */
const patience = 300;

const experience = z.object({ socialConnectors: z.array(z.object({ target: z.string() })) });

/** Asks what Logto's page itself asks to know its buttons: anybody may. */
export function createSignInMethods({
  endpoint,
  clock = () => new Date(),
}: SignInMethodsOptions): SignInMethods {
  const request = createOpenIdRequester(3_000, () => undefined);
  let known: boolean | undefined;
  const methods = createSharedDocument({
    clock,
    // Whatever is wrong with Logto, sign-ins tell.
    onFailure: () => undefined,
    async load() {
      const answer = await request({ url: `${endpoint}/api/.well-known/sign-in-exp` });
      const { data, success } = experience.safeParse(answer);
      if (!success) throw invalidAnswer("sign-in-exp: answer is wrong");
      known = data.socialConnectors.some(({ target }) => target === "huggingface");
      return known;
    },
  });
  const ask = () => methods.read({ maxAge: fresh }).catch(() => false);
  // By the first page it is known.
  void ask();
  return {
    async hasHuggingFace() {
      const asked = ask();
      return known ?? within(AbortSignal.timeout(patience), asked).catch(() => false);
    },
  };
}
