import { describe, expect, it } from "vitest";

import { settingsBody } from "../../src/organizations/schema.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();

async function signIn(name?: string) {
  const person = await application.createPerson(name);
  return { person, agent: await application.signInAs(person) };
}

/** The slugs in the list of organizations. */
const listNames = (html: string) => {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";
  return [...main.matchAll(/href="\/o\/([^"]+)"/g)].map(([, slug]) => slug);
};

const countOrganizations = async () =>
  (await application.query("select from organizations")).length;

describe("GET /organizations", () => {
  it("lists the person's organizations by name, with their role in each, and no other", async () => {
    const { person, agent } = await signIn();
    const owner = await application.createPerson();
    const zebra = await application.createOrganization(person, "Zebra");
    const apple = await application.createOrganization(owner, "Apple");
    const secret = await application.createOrganization(owner, "Secret");
    await application.addMember(apple, person, "viewer");
    const answer = await agent.get("/organizations");
    expect(answer.status).toBe(200);
    expect(listNames(answer.text)).toEqual([apple.slug, zebra.slug]);
    expect(answer.text).toContain("Owner");
    expect(answer.text).toContain("Viewer");
    expect(answer.text).not.toContain(secret.slug);
  });
});

describe("POST /organizations", () => {
  const create = async (fields: string | object) => {
    const { person, agent } = await signIn();
    const answer = await agent.post("/organizations").type("form").send(fields);
    return { person, agent, answer, path: answer.headers["location"] ?? "" };
  };

  it("creates an organization with its creator as the owner, and opens it", async () => {
    const { agent, answer, path } = await create({ name: "Acme Robotics" });
    expect(answer.status).toBe(303);
    expect(path).toMatch(/^\/o\/acme-robotics/);
    const home = await agent.get(path);
    expect(home.status).toBe(200);
    expect(home.text).toContain("Acme Robotics");
    expect(home.text).toContain("Owner");
  });

  it("gives organizations of the same name different addresses, also at the same moment", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => create({ name: "Twins & Co" })));
    const paths = made.map(({ path }) => path);
    expect(new Set(paths).size).toBe(8);
    for (const path of paths) expect(path).toMatch(/^\/o\/twins-and-co(-[a-z0-9]{6})?$/);
    for (const { agent, path } of made) expect((await agent.get(path)).status).toBe(200);
  });

  it.each([
    ["Zoë's Bäckerei", "zoes-baeckerei"],
    ["  Spaces   around  ", "spaces-around"],
    ["日本語", "organization"],
    ["🦊🦊🦊", "organization"],
    ["a".repeat(80), "a".repeat(40)],
    [`${"a".repeat(39)} b`, "a".repeat(39)],
    ["X", "organization"],
    ["../../etc/passwd", "etc-passwd"],
    ["null", "null"],
  ])("makes an address from %s", async (name, slug) => {
    const { answer, path, agent } = await create({ name });
    expect(answer.status).toBe(303);
    expect(path).toMatch(new RegExp(`^/o/${slug}(-[a-z0-9]{6})?$`));
    expect((await agent.get(path)).status).toBe(200);
  });

  it("records who created it, and reserves its address", async () => {
    const { person, path } = await create({ name: "Noted Down" });
    const slug = path.slice(3);
    const [organization] = await application.query<{ id: string }>(
      "select id from organizations where slug = $1",
      [slug],
    );
    expect(
      await application.query(
        "select slug, retired_at from organization_slugs where organization_id = $1",
        [organization?.id],
      ),
    ).toEqual([{ slug, retired_at: null }]);
    expect(
      await application.query(
        `select actor_id, action, target_type, target_id, details, host(ip) as ip, request_id <> '' as is_request
           from audit_events where organization_id = $1`,
        [organization?.id],
      ),
    ).toEqual([
      {
        actor_id: person.id,
        action: "organization.created",
        target_type: "organization",
        target_id: organization?.id,
        details: { name: "Noted Down", slug },
        ip: expect.stringMatching(/127\.0\.0\.1|::1/),
        is_request: true,
      },
    ]);
  });

  it("makes addresses of 40 characters at most, also if the first choice is taken", async () => {
    const name = "b".repeat(60);
    const slugs = [await create({ name }), await create({ name })].map(({ path }) => path.slice(3));
    for (const slug of slugs) expect(settingsBody.parse({ slug })).toEqual({ slug });
    expect(slugs[1]).toMatch(/^b{30,}-[a-z0-9]{1,6}$/);
  });

  it("stores a name trimmed and normalized", async () => {
    const { path } = await create({ name: "  Zoe\u0308  " });
    expect(
      await application.query("select name from organizations where slug = $1", [path.slice(3)]),
    ).toEqual([{ name: "Zo\u00eb" }]);
  });

  it.each([
    ["no name", ""],
    ["a name of spaces", "name=+++"],
    ["a name that is too long", `name=${"x".repeat(81)}`],
    ["two names", "name=a&name=b"],
    ["AP04 a name that turns the reading direction", "name=abc%E2%80%AEdef"],
    ["a name of two lines", "name=a%0Ab"],
    ["TI04 a role, too", "name=Acme&role=owner"],
    ["TI04 an id, too", "name=Acme&id=0191d2c0-0000-7000-8000-000000000000"],
    ["TI04 an owner, too", "name=Acme&ownerId=0191d2c0-0000-7000-8000-000000000000"],
    ["AP07 a prototype, too", "name=Acme&__proto__=x"],
  ])("shows the form again with 422 for %s, and creates nothing", async (_what, fields) => {
    const before = await countOrganizations();
    const { answer } = await create(fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/action="\/organizations\?account=/);
    expect(await countOrganizations()).toBe(before);
  });

  it("keeps the typed name, and shows the fault beside the field", async () => {
    const name = `Rather "long" <b>${"x".repeat(80)}`;
    const { answer } = await create({ name });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("Please use at most 80 characters.");
    expect(answer.text).toMatch(/value="Rather &quot;long&quot; &lt;b>?/);
    expect(answer.text).toContain('aria-invalid="true"');
  });

  it.each([
    ["AP03 a NUL", "name=x%00y", 400],
    ["AP01 100 KB", `name=${"x".repeat(110_000)}`, 413],
  ])("is refused for %s", async (_what, fields, status) => {
    const { answer } = await create(fields);
    expect(answer.status).toBe(status);
  });

  it("CS05 AP01 answers 415 to anything but a form", async () => {
    const { agent } = await signIn();
    const answer = await agent.post("/organizations").send({ name: "Acme" });
    expect(answer.status).toBe(415);
    const text = await agent.post("/organizations").type("text/plain").send("name=Acme");
    expect(text.status).toBe(415);
  });
});

describe("GET /o/:slug", () => {
  it("shows the organization, the number of its members, and the reader's role", async () => {
    const { person, agent } = await signIn();
    const owner = await application.createPerson();
    const organization = await application.createOrganization(owner, "Acme");
    await application.addMember(organization, person, "viewer");
    const home = await agent.get(`/o/${organization.slug}`);
    expect(home.status).toBe(200);
    expect(home.text).toContain("Acme");
    expect(home.text).toContain("Viewers can see what is shared here");
    expect(home.text).toMatch(/\b2\b/);
  });

  it("links to the reader's other organizations", async () => {
    const { person, agent } = await signIn();
    const first = await application.createOrganization(person);
    const second = await application.createOrganization(person);
    const home = await agent.get(`/o/${first.slug}`);
    expect(home.text).toContain(`href="/o/${second.slug}"`);
  });
});
