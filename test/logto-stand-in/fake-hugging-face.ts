import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

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
  /** Who is signed in at Hugging Face: the userinfo answer, or the OAuth error the person causes. */
  visitor: Record<string, unknown> | { denies: true };
  /** What the token endpoint does: answer, fail, or answer with something that is no JSON. */
  mood: "well" | "failing" | "garbled";
  stop(): Promise<void>;
};

/** Just enough of Hugging Face's OAuth for the connector: no pages, the visitor is whoever the test says. */
export async function startFakeHuggingFace(): Promise<FakeHuggingFace> {
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
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
      if (fake.mood === "failing") return response.writeHead(503).end("{}");
      if (fake.mood === "garbled") return response.end("<html>");
      const answer =
        url.pathname === "/oauth/token"
          ? { access_token: "hf_oauth_1", token_type: "bearer" }
          : fake.visitor;
      return response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const fake: FakeHuggingFace = {
    issuer: `http://127.0.0.1:${address.port}`,
    seen: [],
    visitor: { denies: true },
    mood: "well",
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return fake;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
