import { describe, expect, it } from "vitest";

import { confirmationPhrase } from "../../src/account/schema.ts";
import { applicationRole } from "../../src/database/database.ts";
import { featureTests } from "../features.ts";
import { useApplication } from "../support/application.ts";
import { someOf } from "../support/endurance.ts";
import { makePlace, prepareFor } from "../isolation/cast.ts";
import { type DeclaredRoute, nameOf, sampleRequest, send } from "../isolation/sample-request.ts";
import { readEverything } from "../support/snapshot.ts";

const application = useApplication();

/** Routes that change something without an event, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "POST /back-channel-logout":
    "is Logto's, and ends sessions: of a person, in all their organizations",
  "POST /webhooks/logto": "is Logto's, and only has the application look there",
  "POST /account/sessions/:sessionId/revocation": "a session's own row says when and why it ended",
  "POST /account/sessions/revocation": "as with one of them",
  "POST /account/profile": "changes a person, who is of no organization",
  "POST /sign-out": "a session's own row says when and why it ended; it is of no organization",
  ...Object.fromEntries(featureTests.flatMap((each) => Object.entries(each.withoutEvent ?? {}))),
};

/** A route that undoes something needs the opposite act first: at the same path with this end. */
const opposites: Readonly<Record<string, readonly [method: string, end: string]>> = {
  "POST /reinstatement": ["POST", "/suspension"],
  "DELETE /suspension": ["PUT", "/suspension"],
  "POST /restoration": ["POST", "/archive"],
  "POST /removal": ["POST", ""],
};

const changes = () => application.routes.filter(({ method }) => method !== "GET");

/** The route to call first, if there is one, and the end of its path. */
function findOpposite(route: DeclaredRoute) {
  const end = /\/[^/:]+$/.exec(route.path)?.[0] ?? "";
  const [method, before = ""] = opposites[`${route.method} ${end}`] ?? [];
  const path = route.path.slice(0, -end.length) + before;
  const opposite = application.routes.find((each) => each.method === method && each.path === path);
  return opposite && { opposite, before };
}

type AuditRow = {
  id: string;
  organization_id: string;
  actor_id: string;
  request_id: string;
  user_agent: string;
  ip: string;
};

const readEvents = () => application.query<AuditRow>("select * from audit_events order by id");

/** An owner who has just signed in, in an organization with a second owner, and a request. */
async function setUp(route: DeclaredRoute) {
  const place = await makePlace(application);
  const { owner, organization } = place;
  const agent = await application.signInAs(owner, { authenticationAge: 5 });
  const request = await sampleRequest(application, route, place);
  if (request.body && route.path === "/account/deletion") {
    request.body["confirmation"] = confirmationPhrase;
  }
  const first = findOpposite(route);
  if (first) {
    const { opposite, before } = first;
    const path = request.path.replace(/\/[^/]+$/, before);
    const sample = await sampleRequest(application, opposite, place);
    const answer = await send(agent, opposite, { ...sample, path });
    if (answer.status >= 400) throw new Error(`${nameOf(opposite)} answered ${answer.status}.`);
  }
  await prepareFor(application, route, place);
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
