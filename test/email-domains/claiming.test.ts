import { describe, expect, it } from "vitest";

import { productSlug } from "../../src/runtime/product.ts";
import { useApplication } from "../support/application.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { tryDeletion } from "../account/deletion-world.ts";
import { submit } from "../organizations/world.ts";
import { readEvents } from "../support/world.ts";
import { addDomain, assemble, inventDomain, readClaim } from "./world.ts";

const application = useApplication();

describe("GET /o/:slug/email-domains", () => {
  it("is linked from the page of all ways to join for owners only", async () => {
    const { owner, admin, organization, path } = await assemble(application);
    const joining = `/o/${organization.slug}/joining`;
    expect((await owner.agent.get(joining)).text).toContain(`href="${path}"`);
    expect((await admin.agent.get(joining)).text).not.toContain("email-domains");
  });

  it("says what to do while there are no domains", async () => {
    const { owner, path } = await assemble(application);
    const page = await owner.agent.get(path);
    expect(page.text).toContain("No domains yet");
    expect(page.text).toMatch(/<h1[^>]*>Email domains</);
  });

  it("shows the record to create, and after the verification its date", async () => {
    const { owner, organization, path } = await assemble(application);
    const domain = await addDomain(application, organization, { isVerified: false });
    const waiting = await owner.agent.get(path);
    expect(waiting.text).toContain(">TXT<");
    expect(waiting.text).toContain(`>_${productSlug}.${domain}<`);
    expect(waiting.text).toContain(`>${productSlug}-verification=a challenge<`);
    expect(waiting.text).toContain("Check now");
    await application.query("update email_domains set verified_at = '2026-03-09T10:00:00Z'");
    const verified = await owner.agent.get(path);
    expect(verified.text).toMatch(/Verified <time[^>]*>March 9, 2026/);
    expect(verified.text).not.toMatch(/Check now|a challenge/);
  });

  it("offers every role but the owner's", async () => {
    const { owner, organization, path } = await assemble(application);
    await addDomain(application, organization);
    const { text } = await owner.agent.get(path);
    const [, roles = ""] = /<select[^>]*name="role".*?>(.*?)<\/select>/s.exec(text) ?? [];
    const values = [...roles.matchAll(/value="(\w+)"/g)].map(([, value]) => value);
    expect(values).toEqual(["admin", "member", "viewer"]);
  });
});

describe("POST /o/:slug/email-domains", () => {
  it("adds a domain in its normal form, with a random challenge", async () => {
    const { owner, organization, path } = await assemble(application);
    const domain = inventDomain();
    const answer = await submit(owner.agent, path, {
      action: "/email-domains",
      domain: `  ${domain.toUpperCase()} `,
    });
    expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
    const claim = await readClaim(application, organization, domain);
    expect(claim).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      verifiedAt: null,
      mode: "offer",
      role: "member",
      claimerId: owner.person.id,
    });
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "email_domain.claimed",
        actorId: owner.person.id,
        targetId: domain,
        details: { name: domain },
      },
    ]);
    const page = await owner.agent.get(path);
    expect(page.text).toContain("Create its DNS record next.");
    expect(page.text).toContain(`${productSlug}-verification=${claim?.challenge}`);
  });

  it("stores a domain in another alphabet as the DNS does", async () => {
    const { owner, organization, path } = await assemble(application);
    await submit(owner.agent, path, { action: "/email-domains", domain: "Müller-Söhne.example" });
    expect(
      await readClaim(application, organization, "xn--mller-shne-kcb9d.example"),
    ).toBeDefined();
  });

  it.each([
    ["a word", "acme", "Please enter a domain"],
    ["a public suffix", "co.uk", "Anyone can register"],
    ["a public mail provider", "gmail.com", "Anyone can get an address"],
  ])("refuses %s, and keeps the value", async (_what, typed, message) => {
    const { owner, organization, path } = await assemble(application);
    const before = await readEverythingOf(application, organization);
    const answer = await submit(owner.agent, path, { action: "/email-domains", domain: typed });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(message);
    expect(answer.text).toContain(`value="${typed}"`);
    expect(answer.text).toMatch(/aria-invalid/);
    expect(await readEverythingOf(application, organization)).toEqual(before);
  });

  it("refuses a domain that is on the list, and keeps its challenge", async () => {
    const { owner, organization, path } = await assemble(application);
    const domain = await addDomain(application, organization);
    const answer = await submit(owner.agent, path, { action: "/email-domains", domain });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("This domain is already on your list.");
    const claim = await readClaim(application, organization, domain);
    expect(claim).toMatchObject({ challenge: "a challenge" });
    expect(claim?.verifiedAt).not.toBeNull();
  });

  it("accepts twenty domains at most, also if several are claimed at once", async () => {
    const { owner, organization, path } = await assemble(application);
    for (let count = 0; count < 17; count += 1) await addDomain(application, organization);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        owner.agent.post(path).type("form").send({ domain: inventDomain() }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([303, 303, 303, 422, 422, 422, 422, 422]);
    expect(answers.find(({ status }) => status === 422)?.text).toContain(
      "You can have at most 20 domains",
    );
    const [row] = await application.query<{ count: number }>(
      "select count(*)::int from email_domains where organization_id = $1",
      [organization.id],
    );
    expect(row?.count).toBe(20);
  });

  it("gives each organization that claims the same domain its own challenge, and logs none", async () => {
    const [one, other] = [await assemble(application), await assemble(application)];
    const domain = inventDomain();
    const challenges: string[] = [];
    for (const { owner, organization, path } of [one, other]) {
      const answer = await submit(owner.agent, path, { action: "/email-domains", domain });
      expect(answer.status).toBe(303);
      const claim = await readClaim(application, organization, domain);
      challenges.push(claim?.challenge ?? "");
      expect(application.logged()).not.toContain(claim?.challenge);
    }
    expect(challenges[0]).not.toBe(challenges[1]);
    const page = await one.owner.agent.get(one.path);
    expect(page.text).toContain(challenges[0]);
    expect(page.text).not.toContain(challenges[1]);
  });

  it("keeps the claim when the claimer deletes their account", async () => {
    const { owner, organization, path, join } = await assemble(application);
    const second = await join("owner");
    const domain = inventDomain();
    await submit(second.agent, path, { action: "/email-domains", domain });
    expect(await tryDeletion(application, second.person)).toBe("done");
    expect(await readClaim(application, organization, domain)).toBeDefined();
    expect((await owner.agent.get(path)).text).toContain(domain);
  });
});
