import { randomInt } from "node:crypto";

import type { Client } from "pg";

import type { Contender } from "./contenders.ts";
import { type Actor, askAs, type Scenario } from "./scenario.ts";
import { findScenario } from "./scenarios.ts";
import { send } from "./server.ts";

/**
 * Compares the answers of a contender with the rows, for the first and the last actor, and sees that it refuses strangers.
 *
 * @throws {Error} at the first answer that is wrong
 */
export async function verify(
  contender: Contender,
  origin: string,
  actors: Actor[],
  wanted: readonly Scenario[],
  client: Client,
): Promise<void> {
  const fail = (about: string, fault: string) => {
    throw new Error(`${contender.name} answers wrongly (${about}): ${fault}.`);
  };
  const expectRefusal = async (about: string, status: number, actor: Actor, cookie: string) => {
    const answer = await send(origin, askAs(findScenario("list"), actor, cookie, 0));
    if (answer.status !== status) fail(about, `status ${answer.status}, not ${status}`);
  };
  for (const actor of [actors[0], actors.at(-1)]) {
    if (!actor) throw new Error("There are no actors.");
    const cookie = contender.cookie(origin, actor.sessionId);
    for (const scenario of wanted.flatMap((each) => contender.takes(each) ?? [])) {
      // Another program may have written to the same row.
      const turn = randomInt(2 ** 40, 2 ** 41);
      const answer = await send(origin, askAs(scenario, actor, cookie, turn));
      if (answer.status !== scenario.status)
        fail(scenario.name, `status ${answer.status}, not ${scenario.status}`);
      const fault = await scenario.findFault(answer, actor, { client, turn, ...contender });
      if (fault !== null) fail(scenario.name, fault);
    }
    await expectRefusal("no session", 401, actor, "");
    const unknown = contender.cookie(origin, actor.sessionId.toLowerCase());
    await expectRefusal("an unknown session", 401, actor, unknown);
    const elsewhere = { ...actor, slug: actor.foreignSlug };
    await expectRefusal("the organization of others", 404, elsewhere, cookie);
  }
}
