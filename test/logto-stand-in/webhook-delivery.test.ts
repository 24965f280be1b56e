import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useReceiver } from "./receiver.ts";
import { type Members } from "./recordings.ts";
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

  it("does not delay the call: a receiver that hangs times out later", async () => {
    receiver.answer = "hang";
    const answer = await change("patient");
    expect(answer.status).toBe(200);
    expect(standIn.webhooks.deliveries.at(-1)?.outcome).toBe("under way");
    // The stand-in must not wait ten seconds either, when it is stopped.
    await standIn.restart();
    expect(standIn.webhooks.deliveries).toEqual([]);
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
