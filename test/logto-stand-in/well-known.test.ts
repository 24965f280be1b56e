import { expect, it } from "vitest";
import { pickRecording, readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const standIn = useStandIn();
const { request, response } = pickRecording(
  readRecordings("well-known"),
  "what the hosted page reads: GET /api/.well-known/sign-in-exp",
);

async function readButtons() {
  const answer = await new Replay(standIn.endpoint).send(request);
  expect(answer.status).toBe(response.status);
  const { socialConnectors }: { socialConnectors: unknown } = await answer.json();
  return { socialConnectors };
}

it("lists the buttons of the sign-in page for every caller, as recorded, until they are removed", async () => {
  const replay = new Replay(standIn.endpoint);
  expect(replay.compare(await readButtons(), response.body, "body")).toEqual([]);
  await standIn.manage("PATCH", "/sign-in-exp", { socialSignInConnectorTargets: [] });
  expect(await readButtons()).toEqual({ socialConnectors: [] });
});
