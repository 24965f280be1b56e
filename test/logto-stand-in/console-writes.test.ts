import { beforeAll, describe, expect, it } from "vitest";

import recorded from "../fixtures/logto/console-organization-writes.json" with { type: "json" };
import { useReceiver } from "./receiver.ts";
import { type Members, type Recording, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

type Story = {
  name: string;
  given: {
    organizations: string[];
    users: Record<string, string | null>;
    applications: string[];
    /** The members of the organization before. */
    members: string[];
  };
  steps: Recording[];
  webhooks: Members[];
};
const stories: Story[] = JSON.parse(JSON.stringify(recorded.entries));

const receiver = useReceiver();
const standIn = useStandIn();
let replay: Replay;

beforeAll(async () => {
  replay = new Replay(standIn.endpoint, await standIn.managementToken());
  const events = [
    "Organization.Created",
    "Organization.Deleted",
    "Organization.Data.Updated",
    "Organization.Membership.Updated",
  ];
  const config = { url: `${receiver.url}/hook` };
  await give("biqbhmh0lt2yof467zfkc", "/hooks", { name: "Console", events, config });
  const looksAround = "You can look at everything the organization shares, and change nothing.";
  const looksAfter =
    "You look after the people and the settings. Only owners are out of your reach.";
  for (const [recordedId, name, description, type] of [
    ["xrj9c0zan2k7k5xhsbdpm", "owner", "", "User"],
    ["8puj36eg20i0p7vfjf5pw", "admin", looksAfter, "User"],
    ["phvdcaahqaodde99indx6", "viewer", looksAround, "User"],
    [
      "x97z9y895usvzrq0uwk6q",
      "machine-viewer",
      "A service account with the permissions of the role viewer.",
      "MachineToMachine",
    ],
  ] as const) {
    await give(recordedId, "/organization-roles", { name, description, type });
  }
});

/** Makes a thing that a story begins with, once. */
async function give(recordedId: string, path: string, body: object): Promise<void> {
  if (replay.idFor(recordedId) !== recordedId) return;
  replay.bind(recordedId, (await standIn.manage("POST", path, body)).body.id);
}

/** Replays a step. The recording has only the relevant fields of members in a list. */
async function play(step: Recording): Promise<string[]> {
  const { name, request, response } = step;
  const isList = request.method === "GET" && /(?:users|applications)$/.test(request.path);
  if (!isList) return replay.differences(step);
  const answer = await replay.send(request);
  const members: Members[] = await answer.json();
  const picked = members.map(({ id, organizationRoles }) => ({ id, organizationRoles }));
  return replay.compare(picked, response.body, name);
}

describe("writes of Logto's Console about organizations", () => {
  it.each(stories)("$name", async ({ given, steps, webhooks }) => {
    for (const id of given.organizations) await give(id, "/organizations", { name: id });
    for (const [id, username] of Object.entries(given.users)) {
      await give(id, "/users", { username: username ?? `user_${id}` });
    }
    for (const id of given.applications) {
      await give(id, "/applications", { name: "Machine (contract)", type: "MachineToMachine" });
    }
    const userIds = given.members.map((id) => replay.idFor(id));
    if (userIds.length > 0) {
      const id = replay.idFor(given.organizations[0] ?? "");
      await standIn.manage("POST", `/organizations/${id}/users`, { userIds });
    }
    await standIn.webhooks.settled();
    receiver.take();

    const differences: string[] = [];
    for (const step of steps) differences.push(...(await play(step)));
    await standIn.webhooks.settled();
    const arrived = receiver
      .take()
      .map(({ userAgent: _software, ip: _address, ...body }) => body)
      .toSorted((one, other) => String(one["createdAt"]).localeCompare(String(other["createdAt"])));
    differences.push(...replay.compare(arrived, webhooks, "webhooks"));
    expect(differences).toEqual([]);
  });
});
