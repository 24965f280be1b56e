import { describe, expect, it } from "vitest";

import { describeFaults } from "../../src/development/describe-fault.ts";

const root = "/home/ada/acme";

describe("describeFaults()", () => {
  it("puts the application's frames first, as paths from its folder", () => {
    const error = new TypeError("no such thing");
    error.stack = `TypeError: no such thing
    at call (/home/ada/acme/node_modules/pg/client.js:1:2)
    at async file:///home/ada/acme/src/projects/pages.tsx:42:11
    at node:internal/process/task_queues:104:5
    at answer (file:///home/ada/acme/src/http/router.ts:9:3)`;
    expect(describeFaults(error, root)).toEqual([
      {
        name: "TypeError",
        message: "no such thing",
        frames: [
          { text: "at async src/projects/pages.tsx:42:11", isOurs: true },
          { text: "at answer (src/http/router.ts:9:3)", isOurs: true },
          { text: "at call (node_modules/pg/client.js:1:2)", isOurs: false },
          { text: "at node:internal/process/task_queues:104:5", isOurs: false },
        ],
      },
    ]);
  });

  it("follows the causes, some of them, and takes nothing of an error but its words and its frames", () => {
    const headers = { cookie: "session=sesame" };
    const url = "postgres://acme:sesame@db.internal/acme";
    const cause = Object.assign(new Error(`cannot reach ${url}`), {
      headers,
      env: { A: "sesame" },
    });
    const faults = describeFaults(new Error("no answer", { cause }), root);
    expect(faults.map(({ message }) => message)).toEqual([
      "no answer",
      "cannot reach postgres://…@db.internal/acme",
    ]);
    expect(JSON.stringify(faults)).not.toContain("sesame");
    const endless = new Error("again");
    endless.cause = endless;
    expect(describeFaults(endless, root)).toHaveLength(5);
  });

  it.each([
    ["a text", [{ name: "Thrown", message: "a text", frames: [] }]],
    [{ cookie: "sesame" }, [{ name: "Thrown", message: "a value of type object", frames: [] }]],
    [undefined, []],
  ])("takes %j being thrown", (thrown, faults) => {
    expect(describeFaults(thrown, root)).toEqual(faults);
  });
});
