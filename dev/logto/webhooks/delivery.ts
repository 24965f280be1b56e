import { createHmac } from "node:crypto";
import type { Database } from "../store/database.ts";
import type { HookEvent, HookPayload } from "./events.ts";
import { type Hook, listHooks } from "./hooks.ts";

/** Logto waits so long for the receiver, once, and never tries again. */
const timeoutMs = 10_000;
/** Older deliveries are dropped: a stand-in may run for weeks. */
const memory = 1000;

export type Delivery = {
  readonly event: HookEvent;
  readonly hookId: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** The very bytes that are signed. */
  readonly body: string;
  /** The receiver's status, or what went wrong. */
  outcome: number | "under way" | "held back" | "lost" | `failed: ${string}`;
};

/** The deliveries, and ways to make them go wrong. `count`: how many of the next deliveries. */
export type Webhooks = {
  /** All deliveries, the lost ones too, oldest first. */
  readonly deliveries: readonly Delivery[];
  lose(count?: number): void;
  duplicate(count?: number): void;
  /** Holds the next `count` back, and then sends them one by one, the last first. */
  reorder(count: number): void;
  /** Ends all that goes wrong. Deliveries held back are sent. */
  behave(): void;
  /** Settles when no delivery is under way. Those held back are sent first. */
  settled(): Promise<void>;
};

export type WebhookDelivery = ReturnType<typeof createWebhookDelivery>;

/** Sends events to the hooks that want them: one attempt each, in parallel. No caller waits for it. */
export function createWebhookDelivery(sql: Database) {
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let left = { lose: 0, duplicate: 0, reorder: 0 };
  let held: Delivery[] = [];

  function takes(fault: keyof typeof left): boolean {
    if (left[fault] <= 0) return false;
    left[fault] -= 1;
    return true;
  }

  function track(work: Promise<void>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  function note(delivery: Delivery): Delivery {
    deliveries.push(delivery);
    if (deliveries.length > memory) deliveries.shift();
    return delivery;
  }

  async function post(delivery: Delivery): Promise<void> {
    delivery.outcome = "under way";
    delivery.outcome = await send(delivery, stopping.signal);
  }

  function dispatch(delivery: Delivery): void {
    note(delivery);
    if (takes("lose")) {
      delivery.outcome = "lost";
      return;
    }
    const copies = takes("duplicate") ? [delivery, note({ ...delivery })] : [delivery];
    if (takes("reorder")) {
      for (const copy of copies) copy.outcome = "held back";
      held.push(...copies);
      if (left.reorder === 0) release();
      return;
    }
    for (const copy of copies) track(post(copy));
  }

  function release(): void {
    const batch = held.toReversed();
    held = [];
    if (batch.length === 0) return;
    track(
      (async () => {
        for (const delivery of batch) await post(delivery);
      })(),
    );
  }

  const webhooks: Webhooks = {
    deliveries,
    lose(count = Infinity) {
      left.lose = count;
    },
    duplicate(count = Infinity) {
      left.duplicate = count;
    },
    reorder(count) {
      left.reorder = count;
    },
    behave() {
      left = { lose: 0, duplicate: 0, reorder: 0 };
      release();
    },
    async settled() {
      release();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  return {
    webhooks,
    /** Settles when the deliveries have begun, not when they have arrived. */
    async trigger(payloads: HookPayload[]): Promise<void> {
      if (payloads.length === 0) return;
      const hooks = await listHooks(sql);
      for (const payload of payloads) {
        for (const hook of hooks) {
          if (hook.enabled && hook.events.includes(payload.event)) dispatch(sign(hook, payload));
        }
      }
    },
    /** Aborts the deliveries under way, as a server that stops does. */
    async stop(): Promise<void> {
      stopping.abort();
      held = [];
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/** `logto-signature-sha-256` is the HMAC of the raw body under the hook's key, in hexadecimal. */
function sign({ id, config, signingKey }: Hook, payload: HookPayload): Delivery {
  const body = JSON.stringify({ ...payload, hookId: id });
  return {
    event: payload.event,
    hookId: id,
    url: config.url,
    headers: {
      "user-agent": "Logto (https://logto.io/)",
      "content-type": "application/json",
      ...config.headers,
      "logto-signature-sha-256": createHmac("sha256", signingKey).update(body).digest("hex"),
    },
    body,
    outcome: "under way",
  };
}

/** Makes one attempt. Never throws: what went wrong is the outcome. */
async function send(
  { url, headers, body }: Delivery,
  stopping: AbortSignal,
): Promise<Delivery["outcome"]> {
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.text();
    return response.status;
  } catch (error) {
    return `failed: ${String(error)}`;
  }
}
