import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type Koa from "koa";

type Fault = (
  | /** The connection is reset. */ { kind: "down" }
  | /** No answer, for as long as the caller waits. */ { kind: "hang" }
  | { kind: "slow"; milliseconds: number }
  | /** `retryAfter` as in the header: seconds, or a date. */ {
      kind: "status";
      status: number;
      retryAfter?: number | string;
    }
  | /** 200, and a page where JSON should be; JSON that breaks off; ten megabytes. */ {
      kind: "garbage";
      body: "html" | "truncated" | "huge";
    }
) & {
  /** The start of a path, or a pattern for it; without: every path. */
  paths?: string | RegExp;
  /** `GET`, `POST`, …; without: every method. */
  methods?: string[];
  /** How many requests it strikes; without: all, until `clear()`. */
  times?: number;
  /** `after`: the request has its effect, and only its answer is struck. Default: nothing has happened. */
  when?: "before" | "after";
};

export type Faults = {
  /** Replaces the faults set before. The first that fits a request strikes. */
  set(...faults: Fault[]): void;
  clear(): void;
  /** The requests that a fault has struck since the last `set()`, such as `POST /api/organizations`. */
  readonly struck: readonly string[];
};

/** Creates a middleware that strikes requests on demand. It stands around everything else. */
export function createFaults(): { faults: Faults; strike: Koa.Middleware } {
  let armed: (Fault & { left: number })[] = [];
  let struck: string[] = [];

  const faults: Faults = {
    set(...wanted) {
      armed = wanted.map((fault) => ({ ...fault, left: fault.times ?? Infinity }));
      struck = [];
    },
    clear() {
      armed = [];
    },
    get struck() {
      return struck;
    },
  };

  return {
    faults,
    async strike(ctx, next) {
      const { method, path } = ctx;
      const fault = armed.find((candidate) => candidate.left > 0 && fits(candidate, method, path));
      if (!fault) return next();
      fault.left -= 1;
      struck.push(`${method} ${path}`);
      if (fault.kind === "slow") {
        if (fault.when === "after") await next();
        await sleep(fault.milliseconds);
        return fault.when === "after" ? undefined : next();
      }
      if (fault.when === "after") await letItHappen(ctx, next);
      return answer(ctx, fault);
    },
  };
}

function fits({ paths, methods }: Fault, method: string, path: string): boolean {
  if (methods && !methods.includes(method)) return false;
  if (paths === undefined) return true;
  return typeof paths === "string" ? path.startsWith(paths) : paths.test(path);
}

/** Makes the answer and does not send it, not even the one that the OpenID provider sends by itself. */
async function letItHappen(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  const { res } = ctx;
  Object.defineProperty(res, "end", { value: () => res, configurable: true });
  try {
    await next();
  } finally {
    Reflect.deleteProperty(res, "end");
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  ctx.respond = true;
}

async function answer(ctx: Koa.Context, fault: Exclude<Fault, { kind: "slow" }>): Promise<void> {
  switch (fault.kind) {
    case "down":
      ctx.respond = false;
      ctx.req.socket.resetAndDestroy();
      return;
    case "hang":
      ctx.respond = false;
      if (!ctx.res.closed) await once(ctx.res, "close");
      return;
    case "status":
      ctx.status = fault.status;
      ctx.body = { message: `The stand-in answers ${fault.status}, as it was told.` };
      if (fault.retryAfter !== undefined) ctx.set("Retry-After", String(fault.retryAfter));
      return;
    case "garbage":
      ctx.status = 200;
      ctx.body = garbage[fault.body]();
      ctx.type = fault.body === "html" ? "text/html" : "application/json";
  }
}

const garbage = {
  html: () => "<!doctype html><title>Just a moment…</title><p>The gateway says hello.",
  truncated: () => '{"id":"abc","name":"Ac',
  huge: () => JSON.stringify("x".repeat(10 * 1024 * 1024)),
};
