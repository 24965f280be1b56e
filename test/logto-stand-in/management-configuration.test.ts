import { describe, expect, it } from "vitest";
import { SignInBrowser } from "./browser.ts";
import { useFakeHuggingFace } from "./fake-hugging-face.ts";
import { readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

describe("just-in-time membership, as Logto's Management API answers", () => {
  const standIn = useStandIn();

  it("goes the recorded way, answer by answer", async () => {
    const replay = new Replay(standIn.endpoint, await standIn.managementToken());
    const create = async (recordedId: string, path: string, body: object) =>
      replay.bind(recordedId, (await standIn.manage("POST", path, body)).body.id);
    await create("lwldemvltdqi", "/organizations", { name: "Jit Inc" });
    for (const [recordedId, name] of [
      ["r7rov9417bdszcsdda8b4", "member"],
      ["75b57vw8z1rpd01b3co4o", "guest"],
    ] as const) {
      await create(recordedId, "/organization-roles", { name, description: `${name} role` });
    }
    expect(await replay.play(readRecordings("management-jit"))).toEqual([]);
  });
});

describe("the connector to Hugging Face", () => {
  const fake = useFakeHuggingFace();
  fake.visitor = { sub: "hf-later", name: "Later" };

  const standIn = useStandIn(() => ({ huggingFace: { issuer: fake.issuer } }));
  const direct = { direct_sign_in: "social:huggingface" };
  const button = "Continue with Hugging Face";
  const connector = {
    connectorId: "huggingface-universal",
    config: { clientId: "hf-client", clientSecret: "hf-secret", scope: "openid" },
  };

  it("is not there on a fresh server, which says so", async () => {
    expect((await standIn.list("/connectors")).items).toEqual([]);
    const page = await new SignInBrowser(standIn).authorize(direct);
    expect(new URL(page.url).pathname).toBe("/sign-in");
    expect(page.html).not.toContain(button);
  });

  it("is used once it is made and has a button", async () => {
    const { body: made } = await standIn.manage("POST", "/connectors", connector);
    expect((await new SignInBrowser(standIn).authorize()).html).not.toContain(button);
    const { body: experience } = await standIn.manage("PATCH", "/sign-in-exp", {
      socialSignIn: { skipRequiredIdentifiers: true },
      socialSignInConnectorTargets: ["huggingface", "unknown"],
    });
    expect(experience["socialSignInConnectorTargets"]).toEqual(["huggingface"]);
    const browser = new SignInBrowser(standIn);
    const page = await browser.authorize();
    expect(page.html).toContain(button);
    browser.readCallback(await browser.submit(page, {}, "/social/huggingface"));
    expect(fake.seen[0]?.query).toMatchObject({
      client_id: "hf-client",
      scope: "openid",
      redirect_uri: `${standIn.endpoint}/callback/${made.id}`,
    });
    expect((await standIn.list("/connectors")).items).toEqual([made]);
  });

  it("follows its settings, which are replaced whole", async () => {
    const [made] = (await standIn.list("/connectors")).items;
    const config = { clientId: "other", clientSecret: "hf-secret" };
    await standIn.manage("PATCH", `/connectors/${made?.id}`, { config });
    fake.seen.length = 0;
    const browser = new SignInBrowser(standIn);
    browser.readCallback(await browser.authorize(direct));
    expect(fake.seen[0]?.query).toMatchObject({
      client_id: "other",
      scope: "openid profile email",
    });
  });

  it.each([
    [{ ...connector, connectorId: "unheard-of" }, 422, "connector.not_found_with_connector_id"],
    [connector, 422, "connector.multiple_instances_not_supported"],
    [{ ...connector, config: { clientId: "x" } }, 400, "connector.invalid_config"],
    [
      { connectorId: "simple-mail-transfer-protocol", config: { host: "x", port: 25 } },
      400,
      "connector.invalid_config",
    ],
  ])("is not made of %j", async (body, status, code) => {
    expect(await standIn.manage("POST", "/connectors", body)).toMatchObject({
      status,
      body: { code },
    });
  });
});

describe("the sign-in experience", () => {
  const standIn = useStandIn();

  it("is changed and refused the recorded way, answer by answer, before and after there is a mail connector", async () => {
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

describe("the account pages", () => {
  const standIn = useStandIn();

  it("are set the recorded way, answer by answer", async () => {
    // It was set by a request that is not among these.
    const unset = ["deleteAccountUrl"];
    const replay = new Replay(standIn.endpoint, await standIn.managementToken(), unset);
    expect(await replay.play(readRecordings("account-center"))).toEqual([]);
  });
});

describe("the connector for mail", () => {
  const mail = { host: "127.0.0.1", port: 2525, fromEmail: "Logto <logto@example.test>" };
  const standIn = useStandIn(() => ({ mail }));

  it("is there from the start, and follows where the mail server moves", async () => {
    const findMail = async () =>
      (await standIn.list("/connectors")).items.find(({ type }) => type === "Email");
    const before = await findMail();
    expect(before).toMatchObject({ connectorId: "simple-mail-transfer-protocol", config: mail });
    await standIn.restart({ mail: { ...mail, port: 2526 } });
    expect(await findMail()).toMatchObject({
      id: before?.id,
      config: { ...mail, port: 2526 },
    });
  });
});
