import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether this is `npm run test:slow`. */
    isSlowRun: boolean;
  }
}

/** Whether endurance is tested. `npm run test:slow` runs each file that imports this one (vitest.config.ts). */
export const isSlowRun = (): boolean => inject("isSlowRun");

/** How often a race runs: a few times in `npm test`, all times in `npm run test:slow`. */
export const repetitions = (all: number, few = 5): number => (isSlowRun() ? all : few);

/** Of many alike, such as all routes: every third in `npm test`, all in `npm run test:slow`. */
export const someOf = <T>(all: readonly T[]): readonly T[] =>
  isSlowRun() ? all : all.filter((_each, index) => index % 3 === 0);
