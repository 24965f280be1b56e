import { describe, expect, it } from "vitest";

import { confirmationPhrase } from "../../src/account/schema.ts";
import { applicationRole } from "../../src/database/database.ts";
import { featureTests } from "../features.ts";
import { useApplication } from "../support/application.ts";
import { someOf } from "../support/endurance.ts";
import { prepareFor } from "../isolation/cast.ts";
import { type DeclaredRoute, sampleRequest, send } from "../isolation/sample-request.ts";
import { readDatabase } from "../account/deletion-world.ts";

const application = useApplication();

const nameOf = ({ method, path }: Pick<DeclaredRoute, "method" | "path">) => `${method} ${path}`;

/** What changes something and is in no organization's log, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "POST /back-channel-logout":
    "is Logto's, and ends sessions: of a person, in all their organizations",
  "POST /webhooks/logto": "is Logto's, and only has the application look there",
  "POST /account/sessions/:sessionId/revocation": "a session's own row says when and why it ended",
  "POST /account/sessions/revocation": "as with one of them",
  "POST /sign-out": "a session's own row says when and why it ended; it is of no organization",
  ...Object.fromEntries(featureTests.flatMap((each) => Object.entries(each.withoutEvent ?? {}))),
};

/** What undoes something needs it done before: by the same path, with this in place of its end. */
const opposites: Readonly<Record<string, readonly [method: string, end: string]>> = {
  "POST /reinstatement": ["POST", "/suspension"],
  "DELETE /suspension": ["PUT", "/suspension"],
  "POST /restoration": ["POST", "/archive"],
  "POST /removal": ["POST", ""],
};

const changes = () => application.routes.filter(({ method }) => method !== "GET");

/** The route that has to be called before, if there is one, and what its path ends with in place of this one's end. */
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

/** An owner who has just proved who they are, in an organization that has another one, and a request of theirs. */
async function setUp(route: DeclaredRoute) {
  const owner = await application.createPerson();
  const organization = await application.createOrganization(owner);
  await application.addMember(organization, await application.createPerson(), "owner");
  const agent = await application.signInAs(owner, { authenticationAge: 5 });
  const place = { owner, organization };
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
  const ask = () => send(agent, route, request).set("User-Agent", "somebody's browser");
  return { owner, organization, ask };
}

describe("every route that changes something", () => {
  it("is looked at here, and each exception is one that there is", () => {
    const names = changes().map(nameOf);
    expect(names.length).toBeGreaterThan(15);
    expect(names).toContain("POST /o/:slug/settings");
    for (const exception of Object.keys(exceptions)) expect(names).toContain(exception);
  });

  it("writes exactly one event when it succeeds: who, where, by which request", async () => {
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
        user_agent: "somebody's browser",
      });
      expect(written[0]?.ip).toMatch(/127\.0\.0\.1|::1/);
      // One that makes an organization or lets into another one writes into that one's log.
      const isElsewhere = /^\/(organizations|invitations)(\/|$)/.test(route.path);
      expect(written[0]?.organization_id === organization.id, nameOf(route)).toBe(!isElsewhere);
    }
  });

  it("changes nothing when the event cannot be written: both are one transaction", async () => {
    for (const route of someOf(changes().filter((each) => !exceptions[nameOf(each)]))) {
      const { ask } = await setUp(route);
      const before = await readDatabase(application);
      await application.query(`revoke insert on audit_events from ${applicationRole}`);
      const answer = await ask();
      await application.query(`grant insert on audit_events to ${applicationRole}`);
      expect(answer.status, nameOf(route)).toBe(500);
      expect(withoutVisits(await readDatabase(application)), nameOf(route)).toEqual(
        withoutVisits(before),
      );
    }
  });
});

/** But for where somebody was last, which every request notes. */
function withoutVisits(contents: Awaited<ReturnType<typeof readDatabase>>) {
  const users = contents["users"]?.map(({ row: { last_organization_id: _last, ...row } }) => row);
  return { ...contents, users };
}
