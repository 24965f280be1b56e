import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether this is `npm run test:slow`. */
    isSlowRun: boolean;
  }
}

/** Tells whether this is `npm run test:slow`, which runs each file that imports this one (vitest.config.ts). */
export const isSlowRun = (): boolean => inject("isSlowRun");

/** The number of runs of a race: a few in `npm test`, all in `npm run test:slow`. */
export const repetitions = (all: number, few = 5): number => (isSlowRun() ? all : few);

/** Every third of many similar cases in `npm test`, and all of them in `npm run test:slow`. */
export const someOf = <T>(all: readonly T[]): readonly T[] =>
  isSlowRun() ? all : all.filter((_each, index) => index % 3 === 0);
