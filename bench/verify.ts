import type { Client } from "pg";

import { askAs, type Contender } from "./contenders.ts";
import type { Actor, Scenario } from "./scenario.ts";
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
  const expectStatus = async (about: string, status: number, as: typeof contender, to: Actor) => {
    const answer = await send(origin, askAs(as, origin, findScenario("list"), to, 0));
    if (answer.status !== status) fail(about, `status ${answer.status}, not ${status}`);
  };
  for (const actor of [actors[0], actors.at(-1)]) {
    if (!actor) throw new Error("There are no actors.");
    for (const scenario of wanted.flatMap((each) => contender.takes(each) ?? [])) {
      const answer = await send(origin, askAs(contender, origin, scenario, actor, 0));
      if (answer.status !== scenario.status)
        fail(scenario.name, `status ${answer.status}, not ${scenario.status}`);
      const fault = await scenario.findFault(answer, actor, { client, ...contender });
      if (fault !== null) fail(scenario.name, fault);
    }
    const nobody = { ...contender, cookie: () => "" };
    await expectStatus("no session", 401, nobody, actor);
    const unknown = { ...actor, sessionId: actor.sessionId.toLowerCase() };
    await expectStatus("an unknown session", 401, contender, unknown);
    const elsewhere = { ...actor, slug: actor.foreignSlug };
    await expectStatus("the organization of others", 404, contender, elsewhere);
  }
}
