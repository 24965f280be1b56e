import { describe, expect, it } from "vitest";
import { useReceiver } from "./receiver.ts";
import { pickRecording, readRecordings, Replay } from "./recordings.ts";
import { requestToken, type Running, useStandIn } from "./stand-in.ts";

type Preparation = {
  standIn: Running;
  /** Makes a thing through the Management API that the recording begins with. */
  give(recordedId: string, path: string, body: object): Promise<void>;
};

/** Members that may be null here: the recorded user had signed in before. */
const unset = ["lastSignInAt", "applicationId", "deleteAccountUrl"];

const members = [
  { id: "sakj9v54p6jh", username: "olivia", name: "Olivia", primaryEmail: "olivia@acme.test" },
  { id: "528rbha96t6o", username: "mia", name: "Mia", primaryEmail: "mia@acme.test" },
  { id: "dzk2trfvc687", username: "nora", name: "Nora", primaryEmail: "nora@other.test" },
  {
    id: "fhroe6h9yube",
    username: "adam",
    name: "Adam S.",
    primaryEmail: "adam@acme.test",
    avatar: "https://img.example/adam.png",
    customData: { theme: "dark", onboarded: true },
    profile: {
      familyName: "Smith",
      givenName: "Adam",
      zoneinfo: "Europe/London",
      locale: "en-GB",
      address: { country: "UK" },
    },
  },
];

const giveRoles = async ({ give }: Preparation, roles: Record<string, string>) => {
  for (const [id, name] of Object.entries(roles))
    await give(id, "/organization-roles", { name, description: `${name} role` });
};

/** The state that a recording begins with. */
const preparations: Record<string, (preparation: Preparation) => Promise<void>> = {
  async "management-organization-members"(preparation) {
    const { give } = preparation;
    await give("te8ybs0jfr15", "/organizations", { name: "Members Inc" });
    await giveRoles(preparation, {
      r6a173cfrrxvye9liyzjq: "owner",
      "7oeefh1mfjmh31foj4z4d": "admin",
      r7rov9417bdszcsdda8b4: "member",
      "75b57vw8z1rpd01b3co4o": "guest",
    });
    for (const { id, ...user } of members) await give(id, "/users", user);
  },
  async "management-organization-template"({ give }) {
    await give("zxzk1p2ti9snilztqzoiy", "/organization-scopes", { name: "read:data" });
  },
  async "management-jit"(preparation) {
    await preparation.give("lwldemvltdqi", "/organizations", { name: "Jit Inc" });
    await giveRoles(preparation, {
      r7rov9417bdszcsdda8b4: "member",
      "75b57vw8z1rpd01b3co4o": "guest",
    });
  },
  async "management-users"({ standIn }) {
    const olivia = { username: "olivia", primaryEmail: "olivia@acme.test" };
    await standIn.manage("POST", "/users", olivia);
  },
};

/** Of the user in "management-users". */
const storedDetails = {
  customData: { k: null, m: { y: 2 } },
  profile: { familyName: "Z", givenName: "Zoe" },
};

type Change = (standIn: Running, replay: Replay) => Promise<unknown>;
const put =
  (path: string, body: object): Change =>
  (standIn, replay) =>
    standIn.manage(
      "PUT",
      replay.translate(path),
      JSON.parse(replay.translate(JSON.stringify(body))),
    );
const jit = "/organizations/lwldemvltdqi/jit";
const users = "/organizations/te8ybs0jfr15/users";

/** Makes what the recorded server got by a route that the stand-in does not have, before the step of this name. */
const changes: Record<string, Change[]> = {
  "email domains: list": [
    put(`${jit}/email-domains`, {
      emailDomains: ["UPPER.Test", "gmail.com", "jit.test", "no spaces allowed"],
    }),
  ],
  "roles: list": [put(`${jit}/roles`, { organizationRoleIds: ["r7rov9417bdszcsdda8b4"] })],
  "roles: scopes list": [
    (standIn) =>
      standIn.query("update organization_scopes set description = 'e' where description = $1", [
        "d",
      ]),
  ],
  "roles: assign several users at once": [
    put(`${users}/sakj9v54p6jh/roles`, { organizationRoleNames: ["owner"] }),
    put(`${users}/fhroe6h9yube/roles`, { organizationRoleNames: ["admin", "guest"] }),
  ],
  "password: set": [
    (standIn, replay) =>
      standIn.manage("PATCH", `/users/${replay.idFor("3upswws3ye9i")}`, storedDetails),
  ],
};

describe.each([
  "account-center",
  "management-applications",
  "management-jit",
  "management-organization-members",
  "management-organization-template",
  "management-organizations",
  "management-users",
])("%s", (area) => {
  const standIn = useStandIn();

  it("goes as at Logto, answer by answer", async () => {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken(), unset);
    const give: Preparation["give"] = async (recordedId, path, body) =>
      replay.bind(recordedId, (await standIn.manage("POST", path, body)).body.id);
    await preparations[area]?.({ standIn, give });
    const differences: string[] = [];
    for (const recording of readRecordings(area)) {
      for (const change of changes[recording.name] ?? []) await change(standIn, replay);
      differences.push(...(await replay.differences(recording)));
    }
    expect(differences).toEqual([]);
  });
});

describe("webhooks", () => {
  const receiver = useReceiver();
  const standIn = useStandIn();

  it("are administered as at Logto", async () => {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken());
    const recordings = readRecordings("webhook-administration");
    const story = recordings.filter(({ request }) => request !== undefined);
    receiver.answer = 500;
    // The address of the recorded receiver.
    const moved: typeof story = JSON.parse(
      JSON.stringify(story).replaceAll("http://127.0.0.1:3310", receiver.url),
    );
    expect(await replay.play(moved)).toEqual([]);
  });
});

describe("the sign-in experience", () => {
  const standIn = useStandIn();

  it("is changed and refused as at Logto, with and without a mail connector", async () => {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken());
    const recordings = readRecordings("sign-in-experience");
    expect(recordings).toHaveLength(34);
    const differences: string[] = [];
    for (const { name, request, response } of recordings) {
      const answer = await replay.send(request);
      const body: unknown = await answer.json();
      differences.push(
        ...replay.compare(answer.status, response.status, `${name}: status`),
        ...replay.compare(answer.ok ? pick(body, response.body) : body, response.body, name),
      );
    }
    expect(differences).toEqual([]);
  });
});

/** The members of an answer that were recorded. */
function pick(answer: unknown, recorded: unknown): unknown {
  const names = Object.keys(recorded ?? {});
  return Object.fromEntries(Object.entries(answer ?? {}).filter(([name]) => names.includes(name)));
}

describe("a fresh Logto", () => {
  // The recorded server had one machine, and a mail connector that it sent no mail through.
  const bootstrap = { id: "contractm2mapp0000001", secret: "to begin with" };
  const standIn = useStandIn(() => ({
    application: undefined,
    machineToMachine: bootstrap,
    huggingFace: { issuer: "http://127.0.0.1:9" },
    mail: { host: "127.0.0.1", port: 9, fromEmail: "logto@example.test" },
  }));

  it("is provisioned as recorded", async () => {
    await standIn.query("update applications set name = $1", ["bootstrap-m2m"]);
    const token = await requestToken(standIn.issuer, bootstrap);
    const replay = new Replay(standIn.endpoint, token.access_token);
    const recordings = readRecordings("provisioning");
    // The recorded id of the connector happens to have no digit.
    const connector = pickRecording(recordings, "create Hugging Face connector");
    Object.assign(connector.response.body ?? {}, { id: "ilrvrtxrut1o" });
    expect(await replay.play(recordings)).toEqual([]);
  });
});
