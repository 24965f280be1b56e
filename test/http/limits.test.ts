import { describe, expect, it } from "vitest";

import { describeLimits } from "../../dev/documents/limits.ts";
import { confirmationPhrase } from "../../src/account/schema.ts";
import { applicationRole } from "../../src/database/database.ts";
import { assembleCast, prepareFor } from "../isolation/cast.ts";
import { sampleRequest, send } from "../isolation/sample-request.ts";
import { useApplication } from "../support/application.ts";
import { arrive } from "../support/colleagues.ts";
import { read } from "../support/documents.ts";
import { readEverythingOf } from "../support/snapshot.ts";

const attempts = 3;
const limited = useApplication({ dependencies: { writeLimit: { attempts, seconds: 60 } } });
const application = useApplication();

const fill = (path: string, slug: string) => path.replace(":slug", slug).replaceAll(/:\w+/g, "1");

type Name = "post" | "put" | "patch" | "delete";

describe("every write", () => {
  const writes = () => limited.routes.filter(({ method }) => method !== "GET");

  it("AP18 counts against the limit of its person", async () => {
    const routes = writes().filter(({ access }) => access !== "public");
    expect(routes.length).toBeGreaterThan(30);
    const { agent: other } = await arrive(limited);
    for (const { method, path } of routes) {
      const { agent, person } = await arrive(limited);
      const organization = await limited.createOrganization(person);
      const name = method.toLowerCase() as Name;
      const ask = () => agent[name](fill(path, organization.slug)).type("form").send({});
      const label = `${method} ${path}`;
      for (let time = 0; time < attempts; time += 1) {
        expect((await ask()).status, label).not.toBe(429);
      }
      const refused = await ask();
      expect(refused.status, label).toBe(429);
      const wait = refused.headers["retry-after"];
      expect(Number(wait), label).toBeGreaterThan(0);
      expect(refused.headers["ratelimit-policy"], label).toBe('"writes";q=3;w=60');
      expect(refused.headers["ratelimit"], label).toBe(`"writes";r=0;t=${wait}`);
      expect(refused.text, label).toContain("There can be at most 3 changes in 1 minute.");
      // Reading has no limit.
      expect((await agent.get("/organizations")).status).toBe(200);
    }
    expect((await other.post("/organizations").type("form").send({})).status).toBe(422);
  });

  it("AP18 that needs no session proves its sender, or signs out", () => {
    const open = writes().filter(({ access }) => access === "public");
    expect(open.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      "POST /back-channel-logout",
      "POST /sign-out",
      "POST /webhooks/logto",
    ]);
  });
});

/** A field that sampleRequest() does not know. */
const knownFields = { confirmation: confirmationPhrase };

describe("every route that declares limits", () => {
  it("AP18 is refused beyond each of them, with its headers, and changes nothing", async () => {
    const routes = application.routes.filter(({ limits }) => limits !== undefined);
    expect(routes.length).toBeGreaterThan(8);
    for (const route of routes) {
      for (const { name, attempts: most, seconds } of route.limits ?? []) {
        const cast = await assembleCast(application);
        const sample = await sampleRequest(application, route, cast);
        if (route.path === "/account/deletion") sample.body = { ...sample.body, ...knownFields };
        await application.query(
          `insert into limit_counters values ($1, sha256(convert_to($2, 'UTF8')), $3, now() + interval '90 seconds')
           on conflict (limit_name, subject_hash) do update set used = excluded.used`,
          [name, cast.owner.id, most],
        );
        await prepareFor(application, route, cast);
        const before = await readEverythingOf(application, cast.organization);
        const answer = await send(cast.agents.owner, route, sample);
        const label = `${route.method} ${route.path}: ${name}`;
        expect(answer.status, label).toBe(429);
        expect(answer.headers["ratelimit-policy"], label).toBe(`"${name}";q=${most};w=${seconds}`);
        expect(answer.headers["ratelimit"], label).toBe(
          `"${name}";r=0;t=${answer.headers["retry-after"]}`,
        );
        expect(await readEverythingOf(application, cast.organization), label).toEqual(before);
      }
    }
  });
});

describe("a request that reserves a row", () => {
  it("AP18 new organizations: ten a day for one person, with any number of requests at once", async () => {
    const person = await application.createPerson();
    const agent = await application.signInAs(person);
    const create = (name: string) => agent.post("/organizations").type("form").send({ name });
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const answer = await create(`Flood ${index}`);
        return answer.status === 503 ? create(`Flood ${index} again`) : answer;
      }),
    );
    const made = await application.query("select from memberships where user_id = $1", [person.id]);
    expect(made.length).toBeLessThanOrEqual(10);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(made.length);
    const refused = await create("Kept <name>");
    expect(refused.status).toBe(429);
    // The form is shown again, with the typed value, and the field says when to try again.
    expect(refused.text).toContain('value="Kept &lt;name>"');
    expect(refused.text).toContain("There can be at most 10 new organizations in 1 day.");
    expect(refused.text).toContain("Please try again in 24 hours.");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(86_000);
    expect(refused.headers["ratelimit-policy"]).toBe('"new-organizations";q=10;w=86400');
  });

  it("AP18 organizations: a person with a hundred cannot create another one", async () => {
    const person = await application.createPerson();
    await application.query(
      `with made as (
         insert into organizations (id, slug, name)
         select gen_random_uuid(), 'one-of-many-' || n, 'One of many' from generate_series(1, 100) n returning id)
       insert into memberships (organization_id, user_id, role) select id, $1, 'owner' from made`,
      [person.id],
    );
    const agent = await application.signInAs(person);
    const refused = await agent.post("/organizations").type("form").send({ name: "One more" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("You own as many organizations as one person can");
    expect(refused.text).toContain('value="One more"');
  });

  it("AP18 addresses: five changes a day, and ten addresses in all, of one organization", async () => {
    const owner = await application.createPerson();
    const agent = await application.signInAs(owner);
    const organization = await application.createOrganization(owner);
    let { slug } = organization;
    const move = async (to: string) => {
      const answer = await agent
        .post(`/o/${slug}/settings`)
        .type("form")
        .send({ name: organization.name, slug: to });
      if (answer.status === 303) slug = to;
      return answer;
    };
    const count = async () =>
      (
        await application.query("select from organization_slugs where organization_id = $1", [
          organization.id,
        ])
      ).length;
    const first = slug;
    for (let time = 1; time <= 5; time += 1) {
      expect((await move(`${first}-${time}`)).status).toBe(303);
    }
    const refused = await move(`${first}-6`);
    expect(refused.status).toBe(429);
    expect(refused.text).toContain(`value="${first}-6"`);
    expect(await count()).toBe(6);
    const letPass = () =>
      application.query("update limit_counters set resets_at = now() - interval '1 second'");
    await letPass();
    for (let time = 6; time <= 9; time += 1) {
      expect((await move(`${first}-${time}`)).status).toBe(303);
    }
    await letPass();
    const eleventh = await move(`${first}-10`);
    expect(eleventh.status).toBe(422);
    expect(eleventh.text).toContain("as many addresses");
    expect(await count()).toBe(10);
    // A former address of its own does not count again.
    expect((await move(first)).status).toBe(303);
  });

  it("FA01 fails where it cannot be counted", async () => {
    const agent = await application.signInAs(await application.createPerson());
    await application.query(`revoke insert on limit_counters from ${applicationRole}`);
    try {
      const answer = await agent.post("/organizations").type("form").send({ name: "Uncounted" });
      expect(answer.status).toBeGreaterThanOrEqual(500);
    } finally {
      await application.query(`grant insert on limit_counters to ${applicationRole}`);
    }
    expect(await application.query("select from organizations where name = 'Uncounted'")).toEqual(
      [],
    );
  });
});

describe("docs/limits.md", () => {
  it("is generated from the limits", async () => {
    expect(await read("docs/limits.md"), "run `npm run docs`").toBe(await describeLimits());
  });
});
