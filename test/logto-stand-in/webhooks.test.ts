import { createHmac } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { productName } from "../../src/runtime/product.ts";
import { hookEvents } from "../../dev/logto/webhooks/events.ts";
import { SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { useMailServer } from "./mail-server.ts";
import { useReceiver } from "./receiver.ts";
import {
  findNotImplemented,
  type Members,
  pickRecording,
  readRecordings,
  type RecordedRequest,
  Replay,
} from "./recordings.ts";
import { application, useStandIn } from "./stand-in.ts";

type HookRecording = { name: string; request?: RecordedRequest; bodies: Members[] };
/** Has its own test. */
const applications = "POST /organizations/{id}/applications";
const recordings: HookRecording[] = JSON.parse(JSON.stringify(readRecordings("webhooks")));

const receiver = useReceiver();
const fake = useFakeHuggingFace();

const standIn = useStandIn(() => ({ huggingFace: fake.option }));
const mail = useMailServer(standIn);
let hook: { id: string } & Members;
let replay: Replay;

beforeAll(async () => {
  ({ body: hook } = await standIn.manage("POST", "/hooks", {
    name: "recorder",
    events: hookEvents,
    config: { url: `${receiver.url}/hook`, headers: { "x-tenant": "contract" } },
  }));
  replay = new Replay(standIn.endpoint, await standIn.managementToken());
  replay.bind("sgp143n6xfriuv31fjtat", hook.id);
});
beforeEach(async () => {
  await standIn.webhooks.settled();
  receiver.take();
});

/** Compares the bodies that arrived with the recorded ones; `changed`: members that are different in the stand-in. */
async function differencesFrom(name: string, changed: Members = {}): Promise<string[]> {
  await standIn.webhooks.settled();
  const { bodies } = pickRecording(recordings, name);
  // Of browsers and of fetch(); the recording client called itself nothing.
  const arrived = receiver.take().map(({ userAgent: _any, ...body }) => body);
  const key = (body: Members) => String(body["event"]);
  const order = (list: Members[]) => list.toSorted((a, b) => key(a).localeCompare(key(b)));
  // Two events of one call overtake each other at a real Logto, too.
  const expected = order(bodies).map(({ userAgent: _any, ...body }) => ({ ...body, ...changed }));
  return replay.compare(order(arrived), expected, name);
}

describe("webhooks of changes through the Management API", () => {
  it("are sent as recorded, call by call", async () => {
    const create = async (recordedId: string, path: string, body: object) => {
      replay.bind(recordedId, (await standIn.manage("POST", path, body)).body.id);
    };
    await create("528rbha96t6o", "/users", { username: "mia", primaryEmail: "mia@acme.test" });
    await create("fhroe6h9yube", "/users", { username: "adam" });
    await create("r7rov9417bdszcsdda8b4", "/organization-roles", { name: "member" });
    await create("zxzk1p2ti9snilztqzoiy", "/organization-scopes", { name: "read:data" });
    await standIn.webhooks.settled();
    receiver.take();

    const differences: string[] = [];
    for (const { name, request } of recordings) {
      if (!request || name === applications || findNotImplemented(request)) continue;
      // The recorded server had these by routes that the stand-in lacks.
      if (name === "PATCH /users/{id}/password") {
        const statement = `update users set custom_data = '{"a":1}', profile = '{"givenName":"H"}' where id = $1`;
        await standIn.query(statement, [replay.idFor("c2hvlaqqwhqb")]);
      }
      const answer = await replay.send(request);
      if (answer.status >= 400 !== name.startsWith("failing")) {
        differences.push(`${name}: ${answer.status} ${await answer.text()}`);
      }
      differences.push(...(await differencesFrom(name)));
    }
    expect(differences).toEqual([]);
  });

  it("carry the hook's headers and the HMAC of the raw body", async () => {
    await standIn.manage("POST", "/users", { username: "signed" });
    await standIn.webhooks.settled();
    const [{ headers, raw, path } = fail()] = receiver.received;
    expect(path).toBe("/hook");
    const hmac = createHmac("sha256", String(hook["signingKey"])).update(raw).digest("hex");
    expect(headers).toMatchObject({
      "logto-signature-sha-256": hmac,
      "user-agent": "Logto (https://logto.io/)",
      "content-type": "application/json",
      "x-tenant": "contract",
    });
  });
});

describe("webhooks of sign-ins", () => {
  const own = {
    application: { id: application.id, type: "Traditional", name: productName, description: null },
  };

  it("are sent as recorded for a password", async () => {
    const password = "Hk-pass-2026";
    const details = { name: "Hooky 2", customData: { a: 1 }, profile: { givenName: "H" } };
    const account = { username: "hooky2", primaryEmail: "hooky2@hooks.test", password };
    const { body: user } = await standIn.manage("POST", "/users", { ...account, ...details });
    await standIn.webhooks.settled();
    receiver.take();
    await new SignInBrowser(standIn).signIn("hooky2", password);
    const name = "sign-in with password through the hosted page";
    const [recorded = {}] = pickRecording(recordings, name).bodies;
    const shown = { ...(recorded["user"] as Members), id: user.id, ...account };
    const { password: _secret, ...changed } = shown as Members;
    expect(await differencesFrom(name, { ...own, userId: user.id, user: changed })).toEqual([]);
  });

  it("a registration makes two events; the account comes first", async () => {
    const signUp = { identifiers: ["email"], password: false, verify: true };
    await standIn.manage("PATCH", "/sign-in-exp", { signUp });
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize({ first_screen: "register" });
    const identifier = "joiner@jit.test";
    const asked = await browser.submit(page, { identifier });
    browser.readCallback(await browser.submit(asked, { code: mail.readCode(identifier) }));
    await standIn.webhooks.settled();
    const events = standIn.webhooks.deliveries.slice(-2).map(({ event }) => event);
    expect(events).toEqual(["User.Created", "PostRegister"]);
    const arrived = receiver.take();
    const differences = events.flatMap((event) => {
      const name = `${event} by the hosted page (Register)`;
      const recorded = { ...pickRecording(recordings, name).bodies[0], ...own };
      const expected: unknown = JSON.parse(
        JSON.stringify(recorded).replaceAll("joiner2265@jit.test", identifier),
      );
      const { userAgent: _any, ...actual } = arrived.find((body) => body["event"] === event) ?? {};
      return replay.compare(actual, expected, name);
    });
    expect(differences).toEqual([]);
  });
});

function fail(): never {
  throw new Error("nothing arrived");
}
