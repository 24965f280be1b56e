import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useReceiver } from "./receiver.ts";
import { type Members, readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const receiver = useReceiver();

const standIn = useStandIn();
let organization: { id: string };
let hook: { id: string } & Members;

beforeAll(async () => {
  ({ body: organization } = await standIn.manage("POST", "/organizations", { name: "Globex" }));
});
beforeEach(async () => {
  receiver.answer = 200;
  if (hook) await standIn.manage("DELETE", `/hooks/${hook.id}`);
  ({ body: hook } = await standIn.manage("POST", "/hooks", {
    events: ["Organization.Data.Updated"],
    config: { url: `${receiver.url}/hook`, retries: 3 },
  }));
  standIn.webhooks.behave();
  await standIn.webhooks.settled();
  receiver.received.splice(0);
});

const change = (description: string) =>
  standIn.manage("PATCH", `/organizations/${organization.id}`, { description });

/** The descriptions that arrived, in their order. */
async function arrived(): Promise<unknown[]> {
  await standIn.webhooks.settled();
  return receiver.take().map(({ data }) => (data as Members)["description"]);
}

describe("a delivery, as Logto makes it", () => {
  it.each([500, 400])("is tried once, also when the receiver answers %i", async (status) => {
    receiver.answer = status;
    await change(`answered ${status}`);
    expect(await arrived()).toEqual([`answered ${status}`]);
    expect(standIn.webhooks.deliveries.at(-1)?.outcome).toBe(status);
  });

  it("does not hold the call up: a receiver that hangs is given up later", async () => {
    receiver.answer = "hang";
    const answer = await change("patient");
    expect(answer.status).toBe(200);
    expect(standIn.webhooks.deliveries.at(-1)?.outcome).toBe("under way");
    // The stand-in must not wait ten seconds either, when it is stopped.
    await standIn.restart();
    expect(standIn.webhooks.deliveries).toEqual([]);
  });

  it("to an address that does not answer, or to no address, is recorded as failed", async () => {
    for (const url of ["http://127.0.0.1:9/hook", "nope"]) {
      await standIn.manage("PATCH", `/hooks/${hook.id}`, { config: { url } });
      await change(url);
      await standIn.webhooks.settled();
      expect(standIn.webhooks.deliveries.at(-1)).toMatchObject({
        url,
        outcome: expect.stringMatching(/^failed: /),
      });
    }
  });

  it("goes to every hook that wants the event, each with its own id and signature", async () => {
    const { body: second } = await standIn.manage("POST", "/hooks", {
      events: ["Organization.Data.Updated"],
      config: { url: `${receiver.url}/second` },
    });
    const { body: deaf } = await standIn.manage("POST", "/hooks", {
      events: ["User.Created"],
      config: { url: `${receiver.url}/deaf` },
    });
    const { body: disabled } = await standIn.manage("POST", "/hooks", {
      events: ["Organization.Data.Updated"],
      config: { url: `${receiver.url}/disabled` },
      enabled: false,
    });
    await change("for two");
    await standIn.webhooks.settled();
    const paths = receiver.received.map(({ path }) => path).toSorted();
    expect(paths).toEqual(["/hook", "/second"]);
    const signatures = receiver.received.map(({ headers }) => headers["logto-signature-sha-256"]);
    expect(new Set(signatures).size).toBe(2);
    expect(receiver.take().map(({ hookId }) => hookId)).toEqual(
      expect.arrayContaining([hook.id, second.id]),
    );
    for (const { id } of [second, deaf, disabled]) await standIn.manage("DELETE", `/hooks/${id}`);
  });
});

describe("webhooks that misbehave on request", () => {
  it("lose", async () => {
    standIn.webhooks.lose(1);
    await change("lost");
    await change("kept");
    expect(await arrived()).toEqual(["kept"]);
    const outcomes = standIn.webhooks.deliveries.slice(-2).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["lost", 200]);
  });

  it("duplicate, byte for byte", async () => {
    standIn.webhooks.duplicate(1);
    await change("twice");
    await standIn.webhooks.settled();
    const [first, second, ...others] = receiver.received;
    expect(others).toEqual([]);
    expect(second).toEqual(first);
  });

  it("come in the wrong order", async () => {
    standIn.webhooks.reorder(3);
    await change("first");
    await change("second");
    expect(receiver.received).toEqual([]);
    await change("third");
    expect(await arrived()).toEqual(["third", "second", "first"]);
  });
});

describe("hooks, as Logto's Management API answers", () => {
  const recordings = readRecordings("webhook-administration");

  it("go the recorded way, answer by answer", async () => {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken());
    const story = recordings.filter(({ request }) => request !== undefined);
    receiver.answer = 500;
    // Where the recorded receiver was.
    const moved: typeof story = JSON.parse(
      JSON.stringify(story).replaceAll("http://127.0.0.1:3310", receiver.url),
    );
    expect(await replay.play(moved)).toEqual([]);
  });
});
