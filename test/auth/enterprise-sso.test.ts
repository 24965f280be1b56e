import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { pullUser } from "../../src/logto/sync/pull-user.ts";
import { removeMember } from "../../src/memberships/member.ts";
import { useLogto } from "../logto/logto-world.ts";
import { type Enterprise, startEnterprise } from "../logto-stand-in/enterprise.ts";
import { actorIn } from "../support/acting.ts";
import { Browser } from "../support/browser.ts";
import { useSignIn } from "../support/sign-in.ts";

describe("GET /sign-in?sso=…", () => {
  const { application } = useSignIn();

  it("leads straight to that connector at the provider", async () => {
    const answer = await application.visitor().get("/sign-in?sso=a1B2_c-3&returnTo=/account");
    const url = new URL(answer.headers["location"] ?? "");
    expect(answer.status).toBe(303);
    expect(url.origin).toBe(new URL(application.config.logto.endpoint).origin);
    expect(url.searchParams.getAll("direct_sign_in")).toEqual(["sso:a1B2_c-3"]);
  });

  it.each([
    "sso=",
    "sso=a:b",
    "sso=a%26prompt%3Dnone",
    `sso=${"a".repeat(129)}`,
    "sso=a&sso=b",
    "sso=a&with=huggingface",
    "with=unknown",
  ])("is 400 for ?%s, and begins nothing", async (query) => {
    const before = await application.query("select count(*) from sign_in_transactions");
    expect((await application.visitor().get(`/sign-in?${query}`)).status).toBe(400);
    expect(await application.query("select count(*) from sign_in_transactions")).toEqual(before);
  });
});

describe("an organization with a company's own sign-in", () => {
  const world = useLogto();
  const { application } = world;
  const { manage } = world.provider;
  let acme: Enterprise;
  let connectorId: string;
  let organization: Awaited<ReturnType<typeof world.createPair>>;
  const at = (path: string) => application.baseUrl + path;

  beforeAll(async () => {
    acme = await startEnterprise();
    organization = await world.createPair();
    const connector = await manage("POST", "/sso-connectors", {
      providerName: "OIDC",
      connectorName: "Acme",
      config: acme.config,
      domains: ["acme.test"],
    });
    connectorId = z.object({ id: z.string() }).parse(connector).id;
    await world.provider.provisionSignIn();
    acme.acceptRedirectsTo(`${application.config.logto.endpoint}/callback/${connectorId}`);
    // People who sign in by it become members of the organization.
    const justInTime = `/organizations/${organization.logtoId}/jit`;
    await manage("PUT", `${justInTime}/sso-connectors`, { ssoConnectorIds: [connectorId] });
    const roles = z
      .array(z.object({ id: z.string(), name: z.string() }))
      .parse(await manage("GET", "/organization-roles"));
    const organizationRoleIds = roles.filter(({ name }) => name === "member").map(({ id }) => id);
    await manage("PUT", `${justInTime}/roles`, { organizationRoleIds });
  });
  afterAll(() => acme.stop());

  const arrive = (sub: string) => {
    acme.visitor = { sub, email: `${sub}@acme.test`, email_verified: true, name: `Emma ${sub}` };
  };

  it("signs its people in by their company, as members with the default role", async () => {
    arrive("one");
    const browser = new Browser();
    const page = await browser.open(at(`/sign-in?sso=${connectorId}&returnTo=/account`));
    expect([page.url, page.status]).toEqual([at("/account"), 200]);
    expect(page.html).toContain("Emma one");
    // They sign in at their company, and have no password.
    expect(page.html).toContain("Single sign-on");
    expect(page.html).toContain(`one@acme.test · ${new URL(acme.config.issuer).host}`);
    await world.settle();
    const home = await browser.open(at(`/o/${organization.organization.slug}`));
    expect(home.status).toBe(200);
    const [member] = await application.query(
      `select m.role from memberships m join users u on u.id = m.user_id
        where u.email = 'one@acme.test' and m.organization_id = $1`,
      [organization.organization.id],
    );
    expect(member).toEqual({ role: "member" });
  });

  it("signs in a person who was removed before, and does not make them a member again", async () => {
    const profile = { name: "Emma four", primaryEmail: "four@acme.test", username: "emma_four" };
    const { id: subject } = z
      .object({ id: z.string() })
      .parse(await manage("POST", "/users", profile));
    const userId = await pullUser(world.context, subject);
    if (!userId) throw new Error("They are not known here.");
    const { owner, logtoId } = organization;
    await application.addMember(organization.organization, { id: userId, name: "" }, "member");
    await world.settle();
    await removeMember(application.database, actorIn(owner, organization.organization), { userId });
    await world.settle();

    arrive("four");
    const page = await new Browser().open(at(`/sign-in?sso=${connectorId}&returnTo=/account`));
    expect(page.html).toContain("Emma four");
    await world.provider.logto.webhooks.settled();
    for (let round = 0; round < 2; round += 1) await world.settle();
    const events = await application.query(
      "select action from audit_events where target_id = $1 and actor_id is null",
      [userId],
    );
    expect(events).toEqual([{ action: "logto.change_reverted" }]);
    expect(await world.readMembers(organization.organization)).not.toHaveProperty(subject);
    expect(await world.readMembersAtLogto(logtoId)).not.toHaveProperty(subject);
  });

  it("recognizes them by their address, too, and asks for no password", async () => {
    arrive("two");
    const browser = new Browser();
    const form = await browser.open(at("/sign-in?returnTo=/account"));
    // Where people sign in by username, the form takes no address.
    const own = await browser.open(form.url.replace("/sign-in", "/single-sign-on/email"), form);
    const page = await browser.submit(own, { identifier: "two@acme.test" });
    expect([page.url, page.status]).toEqual([at("/account"), 200]);
    expect(page.html).toContain("Emma two");
  });

  describe("an address that the company names", () => {
    const readProven = async (email: string) =>
      application.query<{ proven: string | null }>(
        "select proven_email as proven from users where lower(email) = $1",
        [email],
      );
    const claim = (sub: string, email: string) => {
      acme.visitor = { sub, email, email_verified: true, name: `Emma ${sub}` };
    };
    const enter = () => new Browser().open(at(`/sign-in?sso=${connectorId}&returnTo=/account`));
    const createHolder = async (email: string) => {
      const profile = { name: "Vic", primaryEmail: email, username: `vic_${email.slice(0, 4)}` };
      const { id: subject } = z
        .object({ id: z.string() })
        .parse(await manage("POST", "/users", profile));
      await pullUser(world.context, subject);
      return subject;
    };

    it("SI31 is proven at a domain of its connector", async () => {
      claim("five", "Five@Acme.test");
      await enter();
      expect(await readProven("five@acme.test")).toEqual([{ proven: "five@acme.test" }]);
    });

    it("SI31 is not proven at any other domain, by a sign-in or a webhook", async () => {
      claim("six", "six@other.test");
      expect((await enter()).html).not.toContain("Verified</span>");
      await world.provider.logto.webhooks.settled();
      await world.settle();
      expect(await readProven("six@other.test")).toEqual([{ proven: null }]);
      // The company names another address since; Logto keeps the one that it took.
      claim("six", "six@acme.test");
      await enter();
      expect(await readProven("six@other.test")).toEqual([{ proven: null }]);
    });

    it("SI31 is not proven where the company had named another one before they were known here", async () => {
      claim("seven", "seven@other.test");
      const begun = await new Browser().open(at("/sign-in"));
      expect(begun.status).toBe(200);
      await enter();
      await application.query("delete from users where email = 'seven@other.test'");
      claim("seven", "seven@acme.test");
      await enter();
      expect(await readProven("seven@other.test")).toEqual([{ proven: null }]);
      await application.query("delete from users where email = 'seven@other.test'");
      const [user] = z
        .array(z.object({ id: z.string() }))
        .parse(await manage("GET", "/users?search=%25seven@other.test%25"));
      await pullUser(world.context, user?.id ?? "");
      expect(await readProven("seven@other.test")).toEqual([{ proven: null }]);
    });

    it("SI31 signs nobody in to an account that has it already, at another domain", async () => {
      await createHolder("victim@other.test");
      claim("eight", "victim@other.test");
      for (let round = 0; round < 2; round += 1) {
        expect((await enter()).status).toBe(403);
      }
      expect(await readProven("victim@other.test")).toEqual([{ proven: null }]);
      // The operator says that the domain is the company's.
      const domains = { domains: ["acme.test", "other.test"] };
      await manage("PATCH", `/sso-connectors/${connectorId}`, domains);
      expect((await enter()).status).toBe(200);
      expect(await readProven("victim@other.test")).toEqual([{ proven: "victim@other.test" }]);
      await manage("PATCH", `/sso-connectors/${connectorId}`, { domains: ["acme.test"] });
    });

    it("SI31 signs a person in to their own account at a domain of its connector", async () => {
      await createHolder("nine@acme.test");
      claim("nine", "nine@acme.test");
      expect((await enter()).status).toBe(200);
      expect(await readProven("nine@acme.test")).toEqual([{ proven: "nine@acme.test" }]);
    });
  });
});
