import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";

type Seen = {
  method: string;
  path: string;
  query: Record<string, string>;
  authorization?: string;
  body: string;
};
export type FakeHuggingFace = {
  issuer: string;
  seen: Seen[];
  /** The stand-in's option for it. */
  readonly option: { issuer: string; clientId: string; clientSecret: string };
  /** The person who is signed in at Hugging Face: the userinfo answer, or the OAuth error that they cause. */
  visitor: Record<string, unknown> | { denies: true };
};

/** Just enough of Hugging Face's OAuth for the connector, without pages: the test says who the visitor is. */
export function useFakeHuggingFace(): FakeHuggingFace {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const url = new URL(request.url ?? "", fake.issuer);
      const query = Object.fromEntries(url.searchParams);
      const { authorization } = request.headers;
      fake.seen.push({
        method: request.method ?? "",
        path: url.pathname,
        query,
        ...(authorization === undefined ? {} : { authorization }),
        body,
      });
      if (url.pathname === "/oauth/authorize") {
        const back = new URL(query["redirect_uri"] ?? "");
        back.search = new URLSearchParams({
          ...("denies" in fake.visitor
            ? { error: "access_denied", error_description: "The user denied the request" }
            : { code: "hf-code" }),
          state: query["state"] ?? "",
        }).toString();
        return response.writeHead(302, { location: back.href }).end();
      }
      const answer =
        url.pathname === "/oauth/token"
          ? { access_token: "hf_oauth_1", token_type: "bearer" }
          : fake.visitor;
      return response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
  });
  const fake: FakeHuggingFace = {
    issuer: "",
    get option() {
      return { issuer: fake.issuer, clientId: "hf-client", clientSecret: "hf-secret" };
    },
    seen: [],
    visitor: { denies: true },
  };
  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    fake.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return fake;
}
