import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HuggingFaceVisit, tokenAnswer } from "./hugging-face-visit.ts";

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
});

describe("GET /oauth/userinfo", () => {
  it("ends with the token's eight hours", async () => {
    const { access_token } = await visit.obtainToken("ada");
    visit.now += 28_800_000;
    expect((await visit.readUserinfo(access_token)).status).toBe(401);
  });
});
