import { describe, expect, it } from "vitest";

import { createWebhookRefusals } from "../../src/logto/webhooks/refusals.ts";
import { productIdentifier } from "../../src/runtime/product.ts";
import { useApplication } from "../support/application.ts";
import { bodyOf, postWebhook, presentKey, sign } from "./webhook-world.ts";

const application = useApplication({
  environment: { LOGTO_WEBHOOK_SIGNING_KEY: presentKey },
});

describe("refused webhooks", () => {
  it("are counted by reason for /metrics, and the log warns of them without their contents", async () => {
    const body = bodyOf("PATCH /users/{id} name", { secret: "what-was-sent" });
    const wrong = sign(body, "the key that Logto has now");
    const statuses = await Promise.all([
      postWebhook(application.baseUrl, body, { signature: wrong }),
      postWebhook(application.baseUrl, body, { signature: wrong }),
      postWebhook(application.baseUrl, body, { signature: null }),
      postWebhook(application.baseUrl, "no JSON"),
      postWebhook(application.baseUrl, "x".repeat(1024 * 1024 + 1)),
      postWebhook(application.baseUrl, body),
    ]).then((answers) => answers.map(({ status }) => status));
    expect(statuses).toEqual([401, 401, 401, 400, 413, 200]);

    const headers = { Authorization: `Bearer ${application.config.metricsToken}` };
    const { text } = await application.visitor().get("/metrics").set(headers);
    const name = `${productIdentifier}_webhooks_refused_total`;
    expect(text).toContain(`# TYPE ${name} counter`);
    const counted = [...text.matchAll(new RegExp(`^${name}\\{reason="(.*)"\\} (.*)$`, "gm"))];
    expect(Object.fromEntries(counted.map(([, reason, count]) => [reason, Number(count)]))).toEqual(
      {
        wrong_signature: 2,
        no_signature: 1,
        not_json: 1,
        too_large: 1,
      },
    );

    const warnings = application
      .logged()
      .split("\n")
      .filter((line) => line.includes("webhooks were refused"));
    expect(
      warnings.map((line) => (JSON.parse(line) as { reason: string }).reason).toSorted(),
    ).toEqual(["no_signature", "not_json", "too_large", "wrong_signature"]);
    for (const sent of ["what-was-sent", wrong]) expect(application.logged()).not.toContain(sent);
  });

  it("cause one warning a minute for each reason, with their number", () => {
    const lines: object[] = [];
    let now = 0;
    const refusals = createWebhookRefusals(
      { warn: (fields) => void lines.push(fields) },
      () => now,
    );
    for (let count = 0; count < 1_000; count += 1) {
      now += 100;
      refusals.note("wrong_signature");
    }
    expect(lines).toEqual([
      { part: "webhooks", reason: "wrong_signature", count: 1 },
      { part: "webhooks", reason: "wrong_signature", count: 600 },
    ]);
    expect(refusals.counts).toEqual(new Map([["wrong_signature", 1_000]]));
  });
});
