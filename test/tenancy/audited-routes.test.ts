import { describe, expect, it } from "vitest";

import { applicationRole } from "../../src/database/database.ts";
import { featureTests } from "../features.ts";
import { useApplication } from "../support/application.ts";
import { someOf } from "../support/endurance.ts";
import { type DeclaredRoute, nameOf, send } from "../isolation/sample-request.ts";
import { readEverything } from "../support/snapshot.ts";
import { prepareWrite } from "./prepared-write.ts";

const application = useApplication();

/** Routes that change something without an event, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "POST /back-channel-logout":
    "is Logto's, and ends sessions: of a person, in all their organizations",
  "POST /webhooks/logto": "is Logto's, and only has the application look there",
  "POST /account/sessions/:sessionId/revocation": "a session's own row says when and why it ended",
  "POST /account/sessions/revocation": "as with one of them",
  "POST /account/profile": "changes a person, who is of no organization",
  "POST /account/profile/picture": "changes a person, who is of no organization",
  "POST /account/profile/picture/removal": "changes a person, who is of no organization",
  "POST /sign-out": "a session's own row says when and why it ended; it is of no organization",
  ...Object.fromEntries(featureTests.flatMap((each) => Object.entries(each.withoutEvent ?? {}))),
};

const changes = () => application.routes.filter(({ method }) => method !== "GET");

type AuditRow = {
  id: string;
  organization_id: string;
  actor_id: string;
  request_id: string;
  user_agent: string;
  ip: string;
};

const readEvents = () => application.query<AuditRow>("select * from audit_events order by id");

async function setUp(route: DeclaredRoute) {
  const { owner, organization, agent, request } = await prepareWrite(application, route);
  const ask = () => send(agent, route, request).set("User-Agent", "someone's browser");
  return { owner, organization, ask };
}

describe("every route that changes something", () => {
  it("is tested here, and each exception exists", () => {
    const names = changes().map(nameOf);
    expect(names.length).toBeGreaterThan(15);
    expect(names).toContain("POST /o/:slug/settings");
    for (const exception of Object.keys(exceptions)) expect(names).toContain(exception);
  });

  it("writes exactly one event on success, with actor, organization and request", async () => {
    for (const route of changes().filter((each) => !exceptions[nameOf(each)])) {
      const { owner, organization, ask } = await setUp(route);
      const before = new Set((await readEvents()).map(({ id }) => id));
      const answer = await ask();
      expect(answer.status, `${nameOf(route)} ${answer.text}`).toBeLessThan(400);
      expect(route.statuses).toContain(answer.status);
      const written = (await readEvents()).filter(({ id }) => !before.has(id));
      expect(written, nameOf(route)).toHaveLength(1);
      expect(written[0], nameOf(route)).toMatchObject({
        actor_id: owner.id,
        request_id: answer.headers["x-request-id"],
        user_agent: "someone's browser",
      });
      expect(written[0]?.ip).toMatch(/127\.0\.0\.1|::1/);
      // A route that creates or joins an organization writes to the log of that organization.
      const isElsewhere = /^\/(organizations|invitations)(\/|$)/.test(route.path);
      expect(written[0]?.organization_id === organization.id, nameOf(route)).toBe(!isElsewhere);
    }
  });

  it("changes nothing if the event cannot be written: both are one transaction", async () => {
    for (const route of someOf(changes().filter((each) => !exceptions[nameOf(each)]))) {
      const { ask } = await setUp(route);
      const before = await readRows();
      await application.query(`revoke insert on audit_events from ${applicationRole}`);
      const answer = await ask();
      await application.query(`grant insert on audit_events to ${applicationRole}`);
      expect(answer.status, nameOf(route)).toBe(500);
      expect(await readRows(), nameOf(route)).toEqual(before);
    }
  });
});

/** Without the notes of every request: when a session was used, and which organization was open. */
const readRows = () =>
  readEverything(application, {
    tables: ["limit_counters"],
    columns: ["last_seen_at", "last_organization_id"],
  });
