import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createSignInMethods } from "../../src/relying-party/sign-in-methods.ts";

const huggingFace = { id: "94n4ne8fiesi", target: "huggingface", name: { en: "Hugging Face" } };

describe("hasHuggingFace()", () => {
  let server: Server;
  let answer: unknown;
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (answer === "hang") return;
      response.writeHead(answer === undefined ? 500 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function create() {
    asked = [];
    const time = { elapsed: 0 };
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clock = () => new Date(1.8e12 + time.elapsed);
    return { time, ...createSignInMethods({ endpoint, clock }) };
  }

  it.each([
    ["a connector", { socialConnectors: [huggingFace] }, true],
    ["no connector", { socialConnectors: [] }, false],
    ["another one", { socialConnectors: [{ ...huggingFace, target: "github" }] }, false],
    ["a malformed answer", { socialConnectors: "huggingface" }, false],
    ["a failure", undefined, false],
    ["no answer at all", "hang", false],
  ])("has what Logto's own page has: %s", async (_what, given, expected) => {
    answer = given;
    expect(await create().hasHuggingFace()).toBe(expected);
    expect(asked).toEqual(["/api/.well-known/sign-in-exp"]);
  });

  it("remembers, and asks again in the background", async () => {
    const { hasHuggingFace, time } = create();
    answer = { socialConnectors: [huggingFace] };
    expect([await hasHuggingFace(), await hasHuggingFace()]).toEqual([true, true]);
    expect(asked).toHaveLength(1);
    answer = { socialConnectors: [] };
    time.elapsed += 61_000;
    expect(await hasHuggingFace()).toBe(true);
    await expect.poll(hasHuggingFace).toBe(false);
    expect(asked).toHaveLength(2);
    answer = undefined;
    time.elapsed += 61_000;
    expect(await hasHuggingFace()).toBe(false);
  });
});
