import { randomUUID } from "node:crypto";

import { describe, expect, it } from "vitest";

import { hashToken } from "../../src/http/token.ts";
import type { Agent, Person } from "../support/application.ts";
import { findForms } from "../support/page-forms.ts";
import { readCookies, takeCookies } from "../support/session-cookie.ts";
import { useSignIn } from "../support/sign-in.ts";

const world = useSignIn();
const { application, isSignedIn } = world;
const path = "/account/sessions";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const iphone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

/** A signed-in browser, and what the database has of its session. */
async function openBrowser(
  person: Person,
  { userAgent = firefox, ip = "192.0.2.7", seen = "0" } = {},
) {
  const { id, cookie } = await application.createSessionCookie(person);
  const [row] = await application.query<{ publicId: string }>(
    `update sessions set user_agent = $2, ip = $3::inet, last_seen_at = now() - $4::interval
      where id_hash = $1 returning public_id as "publicId"`,
    [hashToken(id), userAgent, ip, seen],
  );
  const agent = application.visitor();
  takeCookies(agent, cookie);
  return { agent, id, publicId: row?.publicId ?? "" };
}

const open = async (agent: Agent) => (await agent.get(path)).text;
const isOpen = ({ agent }: { agent: Agent }) => isSignedIn(agent);
const findStates = (browsers: { agent: Agent }[]) => Promise.all(browsers.map(isOpen));

/** Presses a button of the page, by where its form goes and what it says. */
async function press(agent: Agent, wanted: { action: string; which?: string }) {
  const forms = findForms({ html: await open(agent), url: `${application.baseUrl}${path}` });
  const form = forms.find(
    ({ action, fields }) =>
      action.includes(wanted.action) &&
      (wanted.which === undefined || fields.some(([, value]) => value === wanted.which)),
  );
  if (!form) throw new Error(`The page has no form to ${wanted.action}.`);
  const { pathname, search } = new URL(form.action);
  return agent
    .post(pathname + search)
    .type("form")
    .send(Object.fromEntries(form.fields));
}

async function untilSignInAnswers(status: number): Promise<void> {
  await expect.poll(async () => (await application.visitor().get("/sign-in")).status).toBe(status);
}

describe("GET /account/sessions", () => {
  it("lists the person's browsers in plain words: this one, then the newest use first", async () => {
    const person = await application.createPerson();
    await openBrowser(person, { userAgent: iphone, ip: "2001:db8::7", seen: "2 hours" });
    await openBrowser(person, { userAgent: "made-up/1.0", seen: "1 hour" });
    const { agent } = await openBrowser(person, { seen: "3 hours" });
    const text = await open(agent);
    const order = ["Firefox on Linux", "An unknown browser", "Safari on an iPhone"].map((name) =>
      text.indexOf(`${name}</span>`),
    );
    expect(order.toSorted((one, other) => one - other)).toEqual(order);
    expect(order[0]).toBeGreaterThan(0);
    expect(text.match(/This browser/g)).toHaveLength(1);
    expect(text.indexOf("This browser")).toBeLessThan(order[1] ?? 0);
    expect(text).toContain("192.0.2.7");
    expect(text).toContain("2001:db8::7");
    expect(text).not.toContain("made-up");
    expect(text).toMatch(/Last used <time dateTime="\d{4}-/i);
    expect(text).toMatch(/Signed in <time dateTime="\d{4}-/i);
  });

  it("shows no session that has ended, and none of another person", async () => {
    const person = await application.createPerson();
    const stranger = await openBrowser(await application.createPerson());
    const ended = await Promise.all(Array.from({ length: 5 }, () => openBrowser(person)));
    const changes = [
      "revoked_at = now()",
      "last_seen_at = now() - interval '9 hours'",
      "created_at = now() - interval '8 days'",
      "created_at = (select sessions_valid_after from users u where u.id = user_id)",
    ];
    await application.query(
      "update users set sessions_valid_after = now() - interval '1 day' where id = $1",
      [person.id],
    );
    for (const [index, change] of changes.entries()) {
      await application.query(`update sessions set ${change} where public_id = $1`, [
        ended[index]?.publicId,
      ]);
    }
    const { agent } = await openBrowser(person);
    const text = await open(agent);
    expect(text).toContain(ended[4]?.publicId);
    for (const { publicId } of [...ended.slice(0, 4), stranger]) {
      expect(text).not.toContain(publicId);
    }
  });

  it("SE03 has neither a session's id nor its hash in it, nor anything that follows from them", async () => {
    const person = await application.createPerson();
    const browsers = [await openBrowser(person), await openBrowser(person)];
    const text = await open(browsers[0]?.agent ?? application.visitor());
    for (const { id } of browsers) {
      const hash = Buffer.from(hashToken(id));
      for (const secret of [id, hash.toString("hex"), hash.toString("base64url")]) {
        expect(text).not.toContain(secret.slice(0, 16));
      }
    }
    const [row] = await application.query<{ how: string }>(
      `select pg_get_expr(adbin, adrelid) as how from pg_attrdef d join pg_attribute a
           on a.attrelid = d.adrelid and a.attnum = d.adnum
        where d.adrelid = 'sessions'::regclass and a.attname = 'public_id'`,
    );
    expect(row?.how).toBe("gen_random_uuid()");
  });

  it("is linked from the account page, and offers to end others only where there are any", async () => {
    const { agent } = await openBrowser(await application.createPerson());
    expect((await agent.get("/account")).text).toContain(`href="${path}"`);
    expect(await open(agent)).not.toContain("all others");
  });
});

describe("POST /account/sessions/:sessionId/revocation", () => {
  it("SE14 ends that one with its very next request, on every instance, and no other", async () => {
    const person = await application.createPerson();
    const [here, lost, other] = [
      await openBrowser(person),
      await openBrowser(person),
      await openBrowser(person),
    ];
    const second = await application.startSecond();
    try {
      expect(await isOpen(lost)).toBe(true);
      const answer = await press(here.agent, { action: lost.publicId });
      expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
      for (const baseUrl of [application.baseUrl, second.baseUrl]) {
        const headers = { cookie: readCookies(lost.agent).header, accept: "application/json" };
        expect((await fetch(`${baseUrl}/account`, { headers })).status).toBe(401);
      }
      expect(await findStates([here, lost, other])).toEqual([true, false, true]);
    } finally {
      await second.stop();
    }
    const page = await open(here.agent);
    expect(page).toContain("That browser is signed out.");
    expect(page).not.toContain(lost.publicId);
  });

  it("does the same when it is pressed twice, and keeps the first reason", async () => {
    const person = await application.createPerson();
    const [here, lost] = [await openBrowser(person), await openBrowser(person)];
    const action = `${path}/${lost.publicId}/revocation?account=${person.id}`;
    await lost.agent.post("/sign-out");
    for (let times = 0; times < 2; times += 1) {
      expect((await here.agent.post(action)).status).toBe(303);
    }
    const [row] = await application.query(
      "select revoke_reason from sessions where public_id = $1",
      [lost.publicId],
    );
    expect(row).toEqual({ revoke_reason: "signed_out" });
  });

  it("SE14 is 404 for another person's session, in the same bytes as for an unknown one", async () => {
    const [person, stranger] = [await application.createPerson(), await application.createPerson()];
    const { agent } = await openBrowser(person);
    const theirs = await openBrowser(stranger);
    const ask = async (sessionId: string) => {
      const action = `${path}/${sessionId}/revocation?account=${person.id}`;
      const { status, text, headers } = await agent.post(action);
      const requestId = String(headers["x-request-id"]);
      const { "x-request-id": _id, date: _date, ...rest } = headers;
      return { status, text: text.replaceAll(requestId, ""), headers: rest };
    };
    const missing = await ask(randomUUID());
    expect(missing.status).toBe(404);
    const hash = Buffer.from(hashToken(theirs.id)).toString("hex");
    for (const sessionId of [theirs.publicId, theirs.id, hash, "1", "others"]) {
      expect(await ask(sessionId)).toEqual(missing);
    }
    expect(await isOpen(theirs)).toBe(true);
  });

  it("refuses the form of a page that was another account's", async () => {
    const [person, other] = [await application.createPerson(), await application.createPerson()];
    const [here, lost] = [await openBrowser(person), await openBrowser(person)];
    const one = await here.agent.post(`${path}/${lost.publicId}/revocation?account=${other.id}`);
    const all = await here.agent
      .post(`${path}/revocation?account=${other.id}`)
      .type("form")
      .send({ which: "everywhere" });
    expect([one.status, all.status]).toEqual([409, 409]);
    expect(await findStates([here, lost])).toEqual([true, true]);
  });
});

describe("POST /account/sessions/revocation", () => {
  it("SE14 ends all other sessions of the person with their very next requests, and no one else's", async () => {
    const person = await application.createPerson();
    const [here, ...others] = [
      await openBrowser(person),
      await openBrowser(person),
      await openBrowser(person),
    ];
    const stranger = await openBrowser(await application.createPerson());
    const answer = await press(here.agent, { action: `${path}/revocation`, which: "others" });
    expect(answer.headers["location"]).toBe(path);
    expect(await findStates([here, ...others, stranger])).toEqual([true, false, false, true]);
    expect(await open(here.agent)).toContain("All other browsers are signed out.");
  });

  it("SE14 ends all of the person's, this one too, and leads on to end the provider's", async () => {
    const person = await application.createPerson();
    const browsers = [await openBrowser(person), await openBrowser(person)];
    const stranger = await openBrowser(await application.createPerson());
    const agent = browsers[0]?.agent ?? application.visitor();
    const answer = await press(agent, { action: `${path}/revocation`, which: "everywhere" });
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toMatch(`${world.issuer.endpoint}/oidc/session/end?`);
    expect(String(answer.headers["set-cookie"])).toMatch(
      /session-\d+=; .*expires=Thu, 01 Jan 1970/,
    );
    expect(await findStates([...browsers, stranger])).toEqual([false, false, true]);
    const [row] = await application.query(
      "select sessions_valid_after is not null as voids from users where id = $1",
      [person.id],
    );
    expect(row).toEqual({ voids: true });
    expect((await (await application.signInAs(person)).get(path)).status).toBe(200);
  });

  it("SE14 ends all while the provider is away, whose next sign-in then asks for the password", async () => {
    const browser = await openBrowser(await application.createPerson());
    world.issuer.faults = { discovery: "reset", jwks: "reset" };
    // The discovery of a moment ago would still do.
    await untilSignInAnswers(503);
    const { agent } = browser;
    const answer = await press(agent, { action: `${path}/revocation`, which: "everywhere" });
    world.issuer.faults = {};
    await untilSignInAnswers(303);
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/"]);
    expect(String(answer.headers["set-cookie"])).toMatch(/ask-password-\d+=yes/);
    expect(await isOpen(browser)).toBe(false);
  });

  it.each([{}, { which: "" }, { which: "mine" }, { which: "others", account: randomUUID() }])(
    "changes nothing for a form with %o",
    async (form) => {
      const person = await application.createPerson();
      const browsers = [await openBrowser(person), await openBrowser(person)];
      const answer = await browsers[0]?.agent
        .post(`${path}/revocation?account=${person.id}`)
        .type("form")
        .send(form);
      expect(answer?.status).toBe(422);
      expect(await findStates(browsers)).toEqual([true, true]);
    },
  );

  it("SE14 does not decide about an organization: the membership does, at the very next request", async () => {
    const [owner, person] = [await application.createPerson(), await application.createPerson()];
    const organization = await application.createOrganization(owner);
    await application.addMember(organization, person, "member");
    const { agent } = await openBrowser(person);
    const visit = async () => (await agent.get(`/o/${organization.slug}`)).status;
    expect(await visit()).toBe(200);
    await application.query("delete from memberships where user_id = $1", [person.id]);
    expect(await visit()).toBe(404);
    expect((await agent.get("/account")).status).toBe(200);
  });
});
