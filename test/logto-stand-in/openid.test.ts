import { beforeAll, describe, expect, it } from "vitest";
import { exchange, fetchUserinfo, SignInBrowser } from "./browser.ts";
import { decodeToken, pickRecording, readRecordings, Replay } from "./recordings.ts";
import { useStandIn } from "./stand-in.ts";

const standIn = useStandIn();

describe.each(["authorize", "client-credentials", "discovery", "end-session"])("%s", (area) => {
  // The keys of each server are its own.
  const recordings = readRecordings(area).filter(({ name }) => name !== "jwks");

  it.each(recordings)("$name", async (recording) => {
    expect(await new Replay(standIn.endpoint).differences(recording)).toEqual([]);
  });
});

it("publishes one ES384 key without its private part", async () => {
  const { keys } = await (await fetch(`${standIn.issuer}/jwks`)).json();
  expect(keys).toEqual([
    {
      kty: "EC",
      use: "sig",
      kid: expect.stringMatching(/^[\w-]{43}$/),
      alg: "ES384",
      crv: "P-384",
      x: expect.stringMatching(/^[\w-]{64}$/),
      y: expect.stringMatching(/^[\w-]{64}$/),
    },
  ]);
});

it("tells every caller the buttons of the sign-in page, until they are removed", async () => {
  const name = "what the hosted page reads: GET /api/.well-known/sign-in-exp";
  const { request, response } = pickRecording(readRecordings("well-known"), name);
  const readButtons = async () => {
    const answer = await new Replay(standIn.endpoint).send(request);
    const { socialConnectors }: { socialConnectors: unknown } = await answer.json();
    return { socialConnectors };
  };
  const replay = new Replay(standIn.endpoint);
  expect(replay.compare(await readButtons(), response.body, "body")).toEqual([]);
  await standIn.manage("PATCH", "/sign-in-exp", { socialSignInConnectorTargets: [] });
  expect(await readButtons()).toEqual({ socialConnectors: [] });
});

describe("a restart", () => {
  const person = { username: "anna", password: "Pass-anna-2026!" };
  let id: string;
  beforeAll(async () => {
    id = (await standIn.manage("POST", "/users", person)).body.id;
  });

  it("keeps sessions, tokens, keys and open pages valid", async () => {
    const browser = new SignInBrowser(standIn);
    const tokens = await exchange(standIn, await browser.signIn(person.username, person.password));
    const unspent = browser.readCallback(await browser.authorize());
    const waiting = new SignInBrowser(standIn);
    const page = await waiting.authorize();
    const readKeys = async (): Promise<unknown> => (await fetch(`${standIn.issuer}/jwks`)).json();
    const keys = await readKeys();

    await standIn.restart();

    expect(await readKeys()).toEqual(keys);
    expect(await fetchUserinfo(standIn, tokens.access_token)).toMatchObject({ sub: id });
    expect((await exchange(standIn, unspent)).status).toBe(200);
    const silent = browser.readCallback(await browser.authorize({ prompt: "none" }));
    const { id_token: idToken } = await exchange(standIn, silent);
    expect(decodeToken(idToken).claims["sub"]).toBe(id);
    const { username: identifier, password } = person;
    const callback = waiting.readCallback(await waiting.submit(page, { identifier, password }));
    expect((await exchange(standIn, callback)).status).toBe(200);
  });
});
