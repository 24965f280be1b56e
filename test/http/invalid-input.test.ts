import { describe, expect, it } from "vitest";
import { z } from "zod";

import { confirmationPhrase } from "../../src/account/schema.ts";
import { assembleCast, prepareFor } from "../isolation/cast.ts";
import { type DeclaredRoute, sampleRequest, send } from "../isolation/sample-request.ts";
import { useApplication } from "../support/application.ts";
import { repetitions, someOf } from "../support/endurance.ts";
import { createSmallApplication, route } from "./small-application.ts";

const application = useApplication();

const nameOf = ({ method, path }: DeclaredRoute) => `${method} ${path}`;

/** Zod's own sentences: zod/v4/locales/en. */
const zodWords =
  /Invalid (input|option|key|string|number|email|UUID|ISO|JWT)|Unrecognized key|Too (small|big)|expected (string|number|object|array)/;

/** Bodies with an unexpected value for each field of a schema, and one with an unknown field. */
function spoil(schema: z.ZodType, { isJson = false } = {}): Record<string, unknown>[] {
  const description = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const names = Object.keys(description.properties ?? {});
  const strange: unknown[] = ["", "\u202e", "x".repeat(20_000), ["a", "b"]];
  if (isJson) strange.push(null, 1e30, -1, true, {}, [[]], { a: { b: 1 } });
  return [
    {},
    ...names.flatMap((name) => strange.map((value) => ({ [name]: value }))),
    { priority: "high" },
  ];
}

describe("every route that takes input", () => {
  it("describes the faults of a body in our own sentences, each with its field, and logs nothing of it", async () => {
    const cast = await assembleCast(application);
    const wrong: string[] = [];
    let refused = 0;
    for (const each of someOf(application.routes.filter(({ body }) => body))) {
      if (!each.body || each.crossSite) continue;
      const request = await sampleRequest(application, each, cast);
      await prepareFor(application, each, cast);
      const isJson = each.bodyFormat === "json";
      for (const body of [...spoil(each.body, { isJson }), ...(isJson ? [[], [1]] : [])]) {
        const answer = await send(cast.agents.owner, each, { ...request, body });
        const { issues = [] } = answer.body as { issues?: { field: string; message: string }[] };
        if (answer.status !== 422) continue;
        refused += 1;
        const text = answer.text;
        if (zodWords.test(text)) wrong.push(`${nameOf(each)} ${JSON.stringify(body).slice(0, 60)}`);
        if (!each.invalid && issues.length === 0) wrong.push(`${nameOf(each)}: no issues`);
        for (const { field, message } of issues) {
          if (field === "" || !/[.?!]$/.test(message)) wrong.push(`${nameOf(each)}: ${message}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(repetitions(50, 15));
    expect(application.logged()).not.toContain("invalid input");
  });

  it("names an unknown field on the page", async () => {
    const cast = await assembleCast(application);
    for (const each of application.routes) {
      if (!each.body || each.access === "public" || each.bodyFormat === "json") continue;
      const request = await sampleRequest(application, each, cast);
      await prepareFor(application, each, cast);
      const confirmation = each.path === "/account/deletion" && {
        confirmation: confirmationPhrase,
      };
      const body = { ...request.body, ...confirmation, priority: "high" };
      const answer = await send(cast.agents.owner, each, { ...request, body }).accept("html");
      expect(answer.status, nameOf(each)).toBe(422);
      expect(answer.text, nameOf(each)).toContain("The form contains an unknown field: priority.");
    }
  });

  it("describes the faults of a query in our own sentences", async () => {
    const cast = await assembleCast(application);
    let refused = 0;
    for (const each of someOf(application.routes.filter(({ query }) => query))) {
      const request = await sampleRequest(application, each, cast);
      for (const query of spoil(each.query ?? z.object({}))) {
        const answer = await send(cast.agents.owner, each, { ...request, query });
        expect(answer.text, nameOf(each)).not.toMatch(zodWords);
        if (answer.status === 400) refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(repetitions(10, 3));
  });
});

describe("the development log", () => {
  it("has a warning with the method, the path, the fields and their messages, and no value", async () => {
    const { request, logged } = createSmallApplication({
      explainsInput: true,
      routes: [
        route({
          method: "POST",
          path: "/things/:id",
          access: "public",
          statuses: [200],
          body: z.strictObject({
            size: z.enum(["small", "big"]),
            domains: z.string().refine(() => false, "sesame.example is no domain."),
          }),
          handler: () => Promise.resolve({ status: 200 }),
        }),
      ],
    });
    const sent = { size: "sesame", domains: "a.example sesame.example", priority: "sesame" };
    await request.post("/things/7").type("form").send(sent);
    const line = logged()
      .split("\n")
      .find((each) => each.includes("invalid input"));
    expect(line).not.toContain("sesame");
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      level: 40,
      method: "POST",
      path: "/things/7",
      fields: [
        { field: "size", message: "This must be one of these: small, big." },
        { field: "domains", message: "… is no domain." },
        { field: "priority", message: "The form contains an unknown field: priority." },
      ],
    });
  });
});
