import { randomBytes } from "node:crypto";

import { describe, expect, it } from "vitest";

import { hashToken } from "../../src/http/token.ts";
import { useApplication } from "../support/application.ts";
import {
  inviteAda,
  answerBy,
  arriveWith,
  assemble,
  describeAnswer,
  findTokens,
  inventEmail,
  inviteByForm,
  openBy,
} from "./world.ts";

const guess = () => randomBytes(32).toString("base64url");

describe("the token of an invitation", () => {
  const application = useApplication();

  it("IN01 has 256 bits, is stored only as a hash, and is shown once", async () => {
    const world = await assemble(application);
    const { agent } = world.people.admin;
    const answer = await inviteByForm(agent, world, "@ada\n@grace");
    const tokens = findTokens(answer.text);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(findTokens((await agent.get(world.list)).text)).toEqual([]);
    const kept = await application.query<{ token_hash: Buffer }>(
      "select token_hash from invitation_tokens where organization_id = $1",
      [world.organization.id],
    );
    const hashes = kept.map((row) => row.token_hash.toString("hex"));
    expect(hashes.toSorted()).toEqual(
      tokens.map((token) => Buffer.from(hashToken(token)).toString("hex")).toSorted(),
    );
    const everything = JSON.stringify(await world.readEverything());
    for (const token of tokens) expect(everything).not.toContain(token);
  });

  it("IN01 gets the same answer if it is wrong, expired, withdrawn, declined or used up", async () => {
    const world = await assemble(application);
    const [expired, revoked, usedUp] = [
      await world.link(),
      await world.link(),
      await world.link({ maxUses: 1 }),
    ];
    await expired.letPass("8 days");
    await world.people.admin.agent.post(`${world.list}/${revoked.id}/revocation`);
    expect((await answerBy(await arriveWith(application), usedUp.token)).status).toBe(303);
    const email = inventEmail();
    const declined = await world.invite(email);
    await answerBy(await arriveWith(application, { email }), declined.token, "rejection");
    const guest = await arriveWith(application);
    const tokens = [
      guess(),
      "x",
      ...[expired, revoked, usedUp, declined].map(({ token }) => token),
    ];
    const ask = {
      show: (token: string) => openBy(guest, token),
      "show to a visitor": (token: string) => openBy({ agent: application.visitor() }, token),
      accept: (token: string) => answerBy(guest, token),
      decline: (token: string) => answerBy(guest, token, "rejection"),
      request: (token: string) => answerBy(guest, token, "request"),
      "sign in": (token: string) =>
        guest.agent.post(`/invitations/${token}/sign-in`).type("form").send({ way: "sign-in" }),
    };
    for (const open of Object.values(ask)) {
      const answers: ReturnType<typeof describeAnswer>[] = [];
      for (const token of tokens) answers.push(describeAnswer(await open(token)));
      expect(answers[0]?.status).toBe(410);
      expect(answers[0]?.text).toContain("This invitation is not valid");
      expect(answers).toEqual(answers.map(() => answers[0]));
    }
  });

  it("IN12 opens a page and changes nothing for programs that follow links", async () => {
    const { world, token, ada } = await inviteAda(application);
    const link = await world.link({ maxUses: 1 });
    const before = await world.readEverything();
    for (const { agent } of [{ agent: application.visitor() }, ada, world.people.owner]) {
      for (const opened of [token, link.token]) {
        const path = `/invitations/${opened}`;
        expect((await agent.get(path)).status).toBeLessThan(400);
        expect((await agent.head(path)).status).toBeLessThan(400);
        expect((await agent.get(path).set("Sec-Purpose", "prefetch")).status).toBeLessThan(400);
        for (const act of ["acceptance", "rejection", "request", "sign-in"]) {
          expect((await agent.get(`${path}/${act}`)).status).toBe(405);
        }
        // Another site's form.
        const forged = agent.post(`${path}/acceptance?account=${ada.person.id}`);
        expect((await forged.set("Sec-Fetch-Site", "cross-site")).status).toBe(403);
      }
    }
    expect(await world.readEverything()).toEqual(before);
  });

  it("IN12 names both accounts to a person with another account, and offers both ways on", async () => {
    const world = await assemble(application);
    const email = inventEmail();
    const { token } = await world.invite(email);
    const own = inventEmail("other");
    const other = await arriveWith(application, { email: own });
    const { status, text } = await openBy(other, token);
    expect(status).toBe(200);
    for (const said of [email, own, other.person.name, "This invitation is for another account"]) {
      expect(text).toContain(said);
    }
    expect(text).toContain("Use another account");
    expect(text).toContain("Ask an admin to accept this account");
    expect(text).not.toContain(`/acceptance`);
  });

  it("IN13 is in no log, page, table or Referer", async () => {
    const world = await assemble(application);
    const { agent } = world.people.owner;
    const made = await inviteByForm(agent, world, "@someone");
    const email = inventEmail();
    const tokens = [
      ...findTokens(made.text),
      (await world.invite(email)).token,
      (await world.link()).token,
    ];
    const [mail] = await application.deliverMail();
    tokens.push(...findTokens(mail?.text ?? ""));
    expect(tokens).toHaveLength(4);
    const ada = await arriveWith(application, { email });
    const visitor = application.visitor();
    for (const token of tokens) {
      const answers = [
        await openBy({ agent: visitor }, token),
        // The identity provider is away here, and says so.
        await visitor.post(`/invitations/${token}/sign-in`).type("form").send({ way: "register" }),
        await openBy(ada, token),
        await answerBy(ada, token, "request"),
        await answerBy({ agent: visitor, person: ada.person }, token),
        await answerBy({ ...ada, person: world.people.owner.person }, token),
        await answerBy(ada, token),
      ];
      for (const { headers } of answers) {
        expect(headers["referrer-policy"]).toBe("strict-origin");
        expect(headers["location"] ?? "").not.toContain(token);
        expect(headers["cache-control"]).toBe("no-store");
      }
    }
    const pages = [
      await agent.get(world.list),
      await agent.get(`${world.path}/members`),
      await agent.get(`${world.path}/audit-log`),
      await agent.get(`${world.path}/audit-log.csv`),
      await ada.agent.get("/organizations"),
    ];
    const tables = await application.query(
      "select query_to_xml(format('select * from %s', c.oid::regclass), true, false, '')::text as rows from pg_class c where relkind = 'r' and relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace)",
    );
    expect(tables.length).toBeGreaterThan(10);
    const everywhere = [
      application.logged(),
      ...pages.map(({ text }) => text),
      JSON.stringify(tables),
    ].join("\n");
    // The search finds an address and a path that are there.
    expect(everywhere).toContain(email);
    expect(application.logged()).toContain("/invitations/:token/acceptance");
    expect(tokens.filter((token) => everywhere.includes(token))).toEqual([]);
  });
});

describe("guessing tokens", () => {
  const application = useApplication();

  it("IN01 ends with 429 for further wrong tokens; a right one still opens its invitation", async () => {
    const world = await assemble(application);
    const link = await world.link();
    const guest = await arriveWith(application);
    const visitor = application.visitor();
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 100) {
      // Right ones are not counted.
      expect((await openBy(guest, link.token)).status).toBe(200);
      statuses.push((await openBy({ agent: visitor }, guess())).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 30 }, () => 410), 429]);
    const rest = await Promise.all(
      Array.from({ length: 50 }, () => openBy({ agent: visitor }, guess())),
    );
    expect(new Set(rest.map(({ status }) => status))).toEqual(new Set([429]));
    const [refused] = rest;
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(500);
    expect(refused?.headers["ratelimit-policy"]).toBe('"wrong-invitation-links";q=30;w=600');
    // A right token is never a guess: nobody else in the network can keep a guest out.
    expect((await openBy(guest, link.token)).status).toBe(200);
    expect((await answerBy(guest, link.token)).status).toBe(303);
  });

  it("AP18 does not count what another site makes a browser load", async () => {
    const visitor = application.visitor();
    for (let time = 0; time < 40; time += 1) {
      const answer = await openBy({ agent: visitor }, guess()).set({
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "no-cors",
        "Sec-Fetch-Dest": "image",
      });
      expect(answer.status).toBe(403);
    }
  });
});
