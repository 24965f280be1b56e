import { describe, expect, it } from "vitest";

import { productSlug } from "../../src/runtime/product.ts";
import { useApplication } from "../support/application.ts";
import { submit } from "../organizations/world.ts";
import { readEverythingOf } from "../support/snapshot.ts";
import { readEvents } from "../support/world.ts";
import { addDomain, assemble, createDns, dnsFault, readClaim } from "./world.ts";

const dns = createDns();
const application = useApplication({ dependencies: { context: { resolveTxt: dns.resolveTxt } } });

const right = `${productSlug}-verification=a challenge`;

async function claim() {
  const world = await assemble(application);
  const { organization, owner, path } = world;
  const domain = await addDomain(application, organization, { isVerified: false });
  const check = () => submit(owner.agent, path, { action: `/${domain}/verification` });
  return { ...world, domain, check };
}

describe("POST /o/:slug/email-domains/:domain/verification", () => {
  it("verifies a domain with the record", async () => {
    const { organization, owner, domain, path, check } = await claim();
    dns.answer(domain, () => Promise.resolve([[right]]));
    dns.asked.length = 0;
    const answer = await check();
    expect([answer.status, answer.headers["location"]]).toEqual([303, path]);
    // It never asks for the domain itself.
    expect(dns.asked).toEqual([`_${productSlug}.${domain}`]);
    const row = await readClaim(application, organization, domain);
    expect(Math.abs(Date.now() - (row?.verifiedAt?.getTime() ?? 0))).toBeLessThan(60_000);
    expect(await readEvents(application, organization)).toEqual([
      {
        action: "email_domain.verified",
        actorId: owner.person.id,
        targetId: domain,
        details: { name: domain },
      },
    ]);
  });

  it.each([
    ["there is no such record", "ENOTFOUND", 422, "We did not find the record yet."],
    ["the DNS could not be asked", "ESERVFAIL", 503, "did not answer"],
  ])("says on the page that %s", async (_what, code, status, text) => {
    const { organization, domain, check } = await claim();
    const before = await readEverythingOf(application, organization);
    dns.answer(domain, () => Promise.reject(dnsFault(code)));
    const answer = await check();
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(answer.text).toContain(right);
    expect(await readEverythingOf(application, organization)).toEqual(before);
  });

  it("is a 500 if the resolver throws another error", async () => {
    const { domain, check } = await claim();
    dns.answer(domain, () => Promise.reject(new TypeError("a mistake")));
    expect((await check()).status).toBe(500);
  });

  it("verifies nothing if the claim was replaced during the lookup", async () => {
    const { organization, domain, check } = await claim();
    dns.answer(domain, async () => {
      await application.query(
        "update email_domains set challenge = 'a new one' where organization_id = $1",
        [organization.id],
      );
      return [[right]];
    });
    const reply = await check();
    expect(reply.status).toBe(422);
    expect(reply.text).toContain(`${productSlug}-verification=a new one`);
    expect(await readClaim(application, organization, domain)).toMatchObject({ verifiedAt: null });
    expect(await readEvents(application, organization)).toEqual([]);
  });

  it("is 404 if the claim was removed during the lookup", async () => {
    const { organization, domain, check } = await claim();
    dns.answer(domain, async () => {
      await application.query("delete from email_domains where organization_id = $1", [
        organization.id,
      ]);
      return [[right]];
    });
    expect((await check()).status).toBe(404);
    expect(await readEvents(application, organization)).toEqual([]);
  });

  it("holds no transaction open while it waits for the DNS", async () => {
    const { domain, check } = await claim();
    let open: object[] = [{}];
    dns.answer(domain, async () => {
      open = await application.query(
        `select state from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`,
      );
      return [[right]];
    });
    expect((await check()).status).toBe(303);
    expect(open).toEqual([]);
  });

  it("has one effect if it is sent eight times at once", async () => {
    const { organization, owner, domain, path } = await claim();
    // Nobody gets an answer before everybody has asked.
    const waiting: (() => void)[] = [];
    dns.answer(domain, async () => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 8) for (const go of waiting) go();
      });
      return [[right]];
    });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => owner.agent.post(`${path}/${domain}/verification`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303));
    expect(await readEvents(application, organization)).toHaveLength(1);
  });

  it("does not ask again for a verified domain", async () => {
    const { owner, domain, path, check } = await claim();
    dns.answer(domain, () => Promise.resolve([[right]]));
    await check();
    dns.asked.length = 0;
    expect((await owner.agent.post(`${path}/${domain}/verification`)).status).toBe(303);
    expect(dns.asked).toEqual([]);
  });

  it("is limited to ten lookups a minute for each organization", async () => {
    const [busy, calm] = [await claim(), await claim()];
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      statuses.push(
        (await busy.owner.agent.post(`${busy.path}/${busy.domain}/verification`)).status,
      );
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 422), 429, 429]);
    expect((await calm.check()).status).toBe(422);
  });

  it("does not accept the record of another organization that claims the same domain", async () => {
    const [mine, theirs] = [await claim(), await assemble(application)];
    await application.query("update email_domains set challenge = 'mine' where domain = $1", [
      mine.domain,
    ]);
    await addDomain(application, theirs.organization, { domain: mine.domain, isVerified: false });
    dns.answer(mine.domain, () => Promise.resolve([[right]]));
    expect((await mine.check()).status).toBe(422);
    const answer = await theirs.owner.agent.post(`${theirs.path}/${mine.domain}/verification`);
    expect(answer.status).toBe(303);
    expect(await readClaim(application, mine.organization, mine.domain)).toMatchObject({
      verifiedAt: null,
    });
  });

  it.each(["acme", "ACME.EXAMPLE", "acme.example.", "%20acme.example", "ada@acme.example"])(
    "is 404 for %s, which is no domain in normal form",
    async (domain) => {
      const { owner, path } = await claim();
      dns.asked.length = 0;
      expect((await owner.agent.post(`${path}/${domain}/verification`)).status).toBe(404);
      expect(dns.asked).toEqual([]);
    },
  );
});
