import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { startHuggingFaceStandIn } from "../../dev/hugging-face/server.ts";
import type { World } from "../../dev/hugging-face/world.ts";

type Answer = { status: number; type: string; body: string };

/** A fault: another answer, a changed answer, or none. */
export type Fault = Partial<Answer> | ((answer: Answer) => Answer) | "silence" | "broken";

export type FaultyHuggingFace = {
  issuer: string;
  /** Faults by path; other paths work. */
  faults: Map<string, Fault>;
  /** The paths that were asked for. */
  asked: string[];
  world: World;
  /** Authorizes the application as a person. @returns the query of the callback */
  authorize(url: string, handle: string): Promise<string>;
  stop(): Promise<void>;
};

export const client = { id: "ours", secret: "between us: +%" };
export const baseUrl = "http://localhost:3000";

/** The Hugging Face stand-in behind something that breaks its answers on request. */
export async function startFaultyHuggingFace(): Promise<FaultyHuggingFace> {
  const faults = new Map<string, Fault>();
  const asked: string[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const redirectUris = [`${baseUrl}/hugging-face/callback`];
  const standIn = await startHuggingFaceStandIn({
    port: 0,
    publicOrigin: issuer,
    applications: [
      { clientId: client.id, clientSecret: client.secret, name: "Ours", redirectUris },
    ],
  });
  const behind = `http://127.0.0.1:${standIn.port}`;

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? "", issuer);
    asked.push(pathname);
    const fault = faults.get(pathname);
    if (fault === "silence") return;
    if (fault === "broken") {
      request.socket.destroy();
      return;
    }
    const { authorization, "content-type": type } = request.headers;
    const forwarded = await fetch(behind + (request.url ?? ""), {
      method: request.method ?? "GET",
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(type !== undefined && { "content-type": type }),
      },
      ...(request.method === "POST" && { body: await text(request) }),
      redirect: "manual",
    });
    const answer = {
      status: forwarded.status,
      type: forwarded.headers.get("content-type") ?? "text/plain",
      body: await forwarded.text(),
    };
    const broken = typeof fault === "function" ? fault(answer) : { ...answer, ...fault };
    const passed = ["location", "link"].flatMap((name) => {
      const value = forwarded.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    response.writeHead(broken.status, {
      "content-type": broken.type,
      ...Object.fromEntries(passed),
    });
    response.end(broken.body);
  };
  server.on("request", (request, response) => void respond(request, response));

  return {
    issuer,
    faults,
    asked,
    world: standIn.world,
    async authorize(url, handle) {
      const form = new URL(url).searchParams;
      form.set("person", handle);
      form.set("decision", "authorize");
      const answer = await fetch(`${issuer}/oauth/authorize`, {
        method: "POST",
        body: form,
        redirect: "manual",
      });
      return new URL(answer.headers.get("location") ?? "").search.slice(1);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await standIn.stop();
    },
  };
}
