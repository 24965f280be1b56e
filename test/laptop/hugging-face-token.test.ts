import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { HuggingFaceVisit, basic, client, otherClient, tokenAnswer } from "./hugging-face-visit.ts";

const visit = new HuggingFaceVisit();
beforeAll(() => visit.start());
afterAll(() => visit.stop());

describe("POST /oauth/token", () => {
  it("takes a code once, and takes back the token when it comes again", async () => {
    const code = await visit.obtainCode();
    const { access_token } = tokenAnswer.parse((await visit.exchange(code)).answer);
    expect((await visit.readUserinfo(access_token)).status).toBe(200);
    expect(await visit.exchange(code)).toMatchObject({
      status: 400,
      answer: { error: "invalid_grant" },
    });
    expect(await visit.readUserinfo(access_token)).toMatchObject({
      status: 401,
      answer: { error: "invalid_token" },
    });
  });

  it("takes the secret in the form as well, and only the right one", async () => {
    const code = await visit.obtainCode();
    const post = { client_id: client.clientId, client_secret: client.clientSecret };
    const refused = { status: 401, answer: { error: "invalid_client" } };
    expect(await visit.exchange(code, { authorization: basic("wrong") })).toMatchObject(refused);
    expect(
      await visit.exchange(code, { authorization: "", form: { ...post, client_secret: "wrong" } }),
    ).toMatchObject(refused);
    expect(await visit.exchange(code, { authorization: "" })).toMatchObject(refused);
    expect(await visit.exchange(code, { authorization: "", form: post })).toMatchObject({
      status: 200,
    });
  });

  it("sells a code to the application that it was given to, and to no other one", async () => {
    const { clientId, clientSecret } = otherClient;
    const authorization = `Basic ${btoa(`${clientId}:${encodeURIComponent(clientSecret)}`)}`;
    expect(await visit.exchange(await visit.obtainCode(), { authorization })).toMatchObject({
      status: 400,
      answer: { error: "invalid_grant" },
    });
    const changes = { client_id: clientId };
    const code = await visit.obtainCode("ada", changes);
    expect(await visit.exchange(code, { authorization })).toMatchObject({ status: 200 });
  });

  it("checks the code_verifier when there was a code_challenge", async () => {
    const verifier = randomBytes(32).toString("base64url");
    const challenge = {
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    const obtain = () => visit.obtainCode("ada", challenge);
    const refused = { status: 400, answer: { error: "invalid_grant" } };
    expect(await visit.exchange(await obtain())).toMatchObject(refused);
    expect(
      await visit.exchange(await obtain(), { form: { code_verifier: "other" } }),
    ).toMatchObject(refused);
    expect(
      await visit.exchange(await obtain(), { form: { code_verifier: verifier } }),
    ).toMatchObject({
      status: 200,
    });
  });

  it("refuses another redirect_uri, another grant type, and a code that is too old", async () => {
    expect(
      await visit.exchange(await visit.obtainCode(), { form: { redirect_uri: "http://else" } }),
    ).toMatchObject({
      answer: { error: "invalid_grant" },
    });
    expect(
      await visit.exchange(await visit.obtainCode(), { form: { grant_type: "password" } }),
    ).toMatchObject({
      answer: { error: "unsupported_grant_type" },
    });
    const code = await visit.obtainCode();
    visit.now += 601_000;
    expect(await visit.exchange(code)).toMatchObject({ answer: { error: "invalid_grant" } });
  });
});

describe("GET /oauth/userinfo", () => {
  it("ends with the token's eight hours", async () => {
    const { access_token } = await visit.obtainToken("ada");
    visit.now += 28_800_000;
    expect((await visit.readUserinfo(access_token)).status).toBe(401);
  });
});

describe("GET /avatars/:username.svg", () => {
  it("draws the people and the organizations, and nobody else", async () => {
    const { answer } = await visit.readUserinfo((await visit.obtainToken("ada")).access_token);
    const { picture, orgs } = z
      .object({ picture: z.url(), orgs: z.array(z.object({ picture: z.url() })) })
      .parse(answer);
    for (const url of [picture, ...orgs.map((org) => org.picture)]) {
      const response = await fetch(url);
      expect(response.headers.get("content-type")).toBe("image/svg+xml");
      expect(await response.text()).toMatch(/^<svg .*>A[LN]?<\/text><\/svg>$/);
    }
    expect((await visit.open("/avatars/nobody.svg")).status).toBe(404);
  });
});
