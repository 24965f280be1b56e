import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { findAnyPort, portOf } from "../../dev/system/ports.ts";
import { startStandIn, type Target } from "../contract/target.ts";

type Answer = { status: number; headers: Headers; body: string };
/** Changes an answer of the stand-in before it is sent. @param call such as `GET /api/users?page=1` */
export type Lie = (answer: Answer, call: string) => void;

export type LyingLogto = Target & {
  /** From now on; null: the truth. */
  tell(lie: Lie | null): void;
};

/** The stand-in, behind a proxy that changes what it says. */
export async function startLyingLogto(): Promise<LyingLogto> {
  let lie: Lie | null = null;
  const port = await findAnyPort();

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const sent = await buffer(request);
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
      method,
      redirect: "manual",
      headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        ["connection", "content-length", "host", "transfer-encoding"].includes(name)
          ? []
          : [[name, String(value)]],
      ),
      body: sent.length > 0 ? sent : null,
    });
    const told = {
      status: answer.status,
      headers: new Headers(answer.headers),
      body: await answer.text(),
    };
    lie?.(told, `${method} ${url}`);
    for (const name of ["content-length", "connection", "keep-alive", "transfer-encoding"]) {
      told.headers.delete(name);
    }
    response.writeHead(told.status, [...told.headers].flat());
    response.end(told.body);
  }
  const proxy = createServer((request, response) => void pass(request, response));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");

  const target = await startStandIn({
    publicOrigin: `http://127.0.0.1:${portOf(proxy)}`,
    port,
  });
  return {
    ...target,
    tell(wanted) {
      lie = wanted;
    },
    async stop() {
      proxy.close();
      proxy.closeAllConnections();
      await once(proxy, "close");
      await target.stop();
    },
  };
}
