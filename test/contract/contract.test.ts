import { afterAll, beforeAll, describe, it } from "vitest";

import { describeObstacle } from "./check.ts";
import { contract } from "./contract.ts";
import { openTarget, type Target } from "./target.ts";
import { openWorld, type World } from "./world.ts";

/**
 * `npm run test:contract` checks that a Logto does what the application relies on: the one of CONTRACT_LOGTO_ENDPOINT, or
 * else the stand-in of the tests (docs/logto.md).
 */
let target: Target | undefined;
let world: World;

beforeAll(async () => {
  target = await openTarget(process.env);
  world = await openWorld(target);
});
afterAll(async () => {
  await world?.close();
  await target?.stop();
});

describe.each(contract)("$about", ({ checks }) => {
  for (const check of checks) {
    // oxlint-disable-next-line vitest/expect-expect -- the checks assert
    it(`${check.title} (${check.follows.join("; ")})`, async ({ skip }) => {
      const obstacle = describeObstacle(check, world);
      if (obstacle !== null) skip(obstacle);
      await check.run(world);
    });
  }
});
