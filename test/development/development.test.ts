import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";

const development = useApplication({ environment: { NODE_ENV: "development" } });
const production = useApplication({
  environment: {
    NODE_ENV: "production",
    SESSION_SECRET: "0123456789abcdef0123456789abcdef",
    METRICS_TOKEN: "0123456789abcdef",
  },
});

type Application = typeof development;

/** Makes a form fail with an error of PostgreSQL that no code expects. */
async function sendBrokenForm(application: Application) {
  const agent = await application.signInAs(await application.createPerson());
  await application.query("alter table audit_events rename to gone");
  try {
    return await agent.post("/organizations").type("form").send({ name: "Acme" });
  } finally {
    await application.query("alter table gone rename to audit_events");
  }
}

const versionOf = async (application: Application) =>
  (await application.visitor().get("/development/version")).text;

describe("in development", () => {
  it("an error page shows the error and where it was thrown, the application's frames first", async () => {
    const { status, text } = await sendBrokenForm(development);
    expect(status).toBe(500);
    expect(text).toContain("audit_events");
    expect(text).toMatch(/src\/organizations\/(organization\.ts|pages\.tsx):\d+:\d+/);
    expect(text.search(/src\/organizations/)).toBeLessThan(text.search(/node_modules/));
    for (const secret of [development.config.database.url, "session=", "only for tests"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("a page has a script of this origin, which the policy allows, and nothing else of its kind", async () => {
    const page = await development.visitor().get("/");
    expect(page.text).toContain('<script src="/development/reload.js" defer></script></head>');
    expect(page.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'self';.*; connect-src 'self';/,
    );
    const script = await development.visitor().get("/development/reload.js");
    expect(script.headers["content-type"]).toContain("text/javascript");
    expect(script.text).toContain("/development/version");
  });

  it("tells a version that is another one after each start, and keeps no connection", async () => {
    const answer = await development.visitor().get("/development/version");
    expect(answer.headers["connection"]).toBe("close");
    expect(answer.text).toBe(await versionOf(development));
    const second = await development.startSecond();
    try {
      const other = await fetch(`${second.baseUrl}/development/version`);
      expect(await other.text()).not.toBe(answer.text);
    } finally {
      await second.stop();
    }
    expect(development.logged()).not.toContain("development/version");
  });

  it("leaves the page that answers a form alone, which would send it again", async () => {
    const agent = await development.signInAs(await development.createPerson());
    const answer = await agent.post("/organizations").type("form").send({ name: "" });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain("reload.js");
  });

  it("has the browser ask for the style sheet each time", async () => {
    const { headers } = await development.visitor().get("/logo.svg");
    expect(headers["cache-control"]).toBe("no-cache");
  });
});

describe("in production", () => {
  it("there is nothing of it", async () => {
    for (const path of ["/development/version", "/development/reload.js"]) {
      expect((await production.visitor().get(path)).status).toBe(404);
    }
    const page = await production.visitor().get("/");
    expect(page.text).not.toContain("<script");
    const { status, text } = await sendBrokenForm(production);
    expect(status).toBe(500);
    expect(text).not.toMatch(/does not exist|src\/|node_modules/);
  });
});
