import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, it } from "vitest";

import { readProvisionConfig } from "../../src/logto/provision/config.ts";
import { describeFailure } from "../../src/logto/client/describe-failure.ts";
import { ProvisionError } from "../../src/logto/provision/step.ts";
import { bootstrap, useFreshLogto } from "./provision-world.ts";

const logto = useFreshLogto();

/** The last sentence of a run with these settings. */
async function fail(environment: Record<string, string>): Promise<string | undefined> {
  const before = await logto.snapshot();
  const failure = await logto.provision({ environment }).then(
    () => new Error("It did not fail."),
    (error: unknown) => error,
  );
  expect(await logto.snapshot()).toEqual(before);
  if (failure instanceof ProvisionError) return failure.message;
  return describeFailure(failure, readProvisionConfig({ ...logto.environment, ...environment }));
}

/** Another server than Logto, for one run. */
async function failAt(listener: RequestListener): Promise<string | undefined> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await fail({ LOGTO_ENDPOINT: `http://127.0.0.1:${port}` });
  } finally {
    server.close();
  }
}

async function createApplication(type: "MachineToMachine" | "Traditional") {
  const id = await logto.create("/api/applications", { name: "Other", type });
  await logto.query("update applications set oidc_client_metadata = $1 where id = $2", [
    { redirectUris: ["https://x.example/"], postLogoutRedirectUris: [] },
    id,
  ]);
  const [row] = await logto.query<{ secret: string }>(
    "select value as secret from application_secrets where application_id = $1",
    [id],
  );
  return { id, secret: row?.secret ?? "" };
}

const notLogto = /^What answers at http:\/\/127\.0\.0\.1:\d+ is not Logto/;

describe("an obstacle to provisioning is named in a sentence, and changes nothing:", () => {
  it.each([
    { LOGTO_M2M_APP_ID: "nobody" },
    { LOGTO_M2M_APP_SECRET: "not this one" },
    { LOGTO_M2M_APP_ID: "nobody", LOGTO_M2M_APP_SECRET: "a%b:c d" },
  ])("wrong credentials: %j", async (environment) => {
    expect(await fail(environment)).toBe(
      "Logto does not know these credentials: LOGTO_M2M_APP_ID or LOGTO_M2M_APP_SECRET is wrong.",
    );
  });

  it.each([
    ["Traditional", "The application of LOGTO_M2M_APP_ID is not a machine-to-machine application."],
    [
      "MachineToMachine",
      'The application of LOGTO_M2M_APP_ID has no access to the Management API. Give it the role "Logto Management API access" (Console, Applications, its Roles).',
    ],
  ] as const)("the application of a %s, without a role", async (type, sentence) => {
    const { id, secret } = await createApplication(type);
    expect(await fail({ LOGTO_M2M_APP_ID: id, LOGTO_M2M_APP_SECRET: secret })).toBe(sentence);
  });

  it("a Management API with another name", async () => {
    const resource = "https://tenant.logto.app/api";
    expect(await fail({ LOGTO_MANAGEMENT_API_RESOURCE: resource })).toMatch(
      /^Logto does not know its Management API as https:\/\/tenant\.logto\.app\/api\. Set LOGTO_MANAGEMENT_API_RESOURCE/,
    );
  });

  it("a LOGTO_APP_ID of another kind of application", async () => {
    expect(await fail({ LOGTO_APP_ID: bootstrap.id })).toBe(
      "LOGTO_APP_ID is that of Management client, a MachineToMachine application. It has to be a traditional web application: unset it, and one is made.",
    );
  });

  it("an address that is not Logto's issuer", async () => {
    const other = logto.endpoint.replace("127.0.0.1", "localhost");
    expect(await fail({ LOGTO_ENDPOINT: other })).toBe(
      `Logto at ${other} calls itself ${logto.endpoint}, and nobody could sign in. Set LOGTO_ENDPOINT to that, or ENDPOINT of Logto itself to ${other}.`,
    );
  });

  it("no server at that address", async () => {
    expect(await fail({ LOGTO_ENDPOINT: "http://127.0.0.1:9" })).toBe(
      "Logto at http://127.0.0.1:9 cannot be reached or is not well (connection failed). Is LOGTO_ENDPOINT right, and Logto running?",
    );
  });

  it.each<[RegExp, RequestListener]>([
    [/is not well \(status 502\)/, (_request, response) => response.writeHead(502).end()],
    [notLogto, (_request, response) => response.writeHead(404).end("?")],
    [notLogto, (_request, response) => response.setHeader("content-type", "text/html").end("<p>")],
    [notLogto, (_request, response) => response.end("{}")],
  ])("another server at that address: %s", async (sentence, listener) => {
    expect(await failAt(listener)).toMatch(sentence);
  });

  it("but not a fault of our own", () => {
    const config = readProvisionConfig(logto.environment);
    expect(describeFailure(new TypeError("oops"), config)).toBeUndefined();
  });
});
