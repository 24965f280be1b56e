import type { World } from "./world.ts";

/** A behaviour that the application relies on. */
export type Check = {
  /** Says what Logto does. */
  title: string;
  /** The recordings of a real Logto that it was learned from: file in test/fixtures/logto/, and entry. */
  follows: readonly `${string}: ${string}`[];
  /** `events`: Logto can reach this machine. `sign-in form`: one can sign in without a browser. */
  needs?: readonly ("events" | "sign-in form")[];
  run(world: World): Promise<void>;
};

/** @returns why this Logto cannot be checked; null when it can */
export function describeObstacle({ needs = [] }: Check, world: World): string | null {
  if (needs.includes("sign-in form") && !world.hasSignInForm) {
    return "only the stand-in has a page to sign in at without a browser";
  }
  if (needs.includes("events") && world.listener === null) {
    return "CONTRACT_WEBHOOK_URL is not set, so Logto cannot tell this machine anything";
  }
  return null;
}
