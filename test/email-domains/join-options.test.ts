import { describe, expect, it } from "vitest";

import type { Organization } from "../support/application.ts";
import { useApplication } from "../support/application.ts";
import { type Colleague } from "../support/colleagues.ts";
import { askToJoin } from "../support/join-requests.ts";
import { findForms } from "../support/page-forms.ts";
import { markDeleted, suspend } from "../support/world.ts";
import { addDomain, assemble, giveAddress } from "./world.ts";

const application = useApplication();

/** The join option of an organization on a person's list: its words and the address of its form. */
async function readJoinOption({ agent }: Colleague, { name }: Organization) {
  const { text } = await agent.get("/organizations");
  const [, options = ""] = /Open to you(.*?)<\/section>/s.exec(text) ?? [];
  const option = options.split("<li").find((each) => each.includes(`>${name}<`));
  if (option === undefined) return null;
  const [form] = findForms({ html: option, url: "http://localhost" });
  const words = option.replaceAll(/<svg.*?<\/svg>|<[^>]+>/gs, " ").replaceAll(/\s+/g, " ");
  return { words, action: form && new URL(form.action) };
}

async function arrange(options: Parameters<typeof addDomain>[2] = {}) {
  const world = await assemble(application);
  return { ...world, domain: await addDomain(application, world.organization, options) };
}

describe("GET /organizations", () => {
  it.each([
    ["offer", "you can join as a member", "Join Organization"],
    ["automatic", "you can join as a member", "Join Organization"],
    ["request", "you can ask to join as a member", "Ask to join Organization"],
  ])(
    "offers what the mode %s says to a person with an address there",
    async (mode, text, button) => {
      const { organization, domain, outsider } = await arrange({ mode });
      await giveAddress(application, outsider.person, `Out.Sider@${domain.toUpperCase()}`);
      const option = await readJoinOption(outsider, organization);
      expect(option?.words).toContain(`You have an address at ${domain}, so ${text}`);
      expect(option?.words).toContain(button);
      expect(option?.action?.pathname).toBe(
        `/organizations/${organization.id}/email-domains/${domain}/joining`,
      );
      expect(option?.action?.search).toBe(`?account=${outsider.person.id}`);
    },
  );

  it("counts the address of a linked account if its provider vouches for it", async () => {
    const { organization, domain, outsider } = await arrange({ role: "admin" });
    await application.query(
      `insert into identities (user_id, provider, subject, email, email_verified)
       values ($1, 'huggingface', 'hf-1', $2, true)`,
      [outsider.person.id, `out@${domain}`],
    );
    expect((await readJoinOption(outsider, organization))?.words).toContain("join as an admin");
  });

  it("IN05 SI31 offers nothing for an unverified address of the user or of a linked account", async () => {
    const { organization, domain, outsider } = await arrange();
    await giveAddress(application, outsider.person, `out@${domain}`, { isVerified: false });
    // Logto calls the address of a social account verified; Hugging Face does not (openid-claims.ts).
    await application.query(
      `insert into identities (user_id, provider, subject, email, email_verified)
       values ($1, 'huggingface', 'hf-2', $2, false)`,
      [outsider.person.id, `out@${domain}`],
    );
    expect(await readJoinOption(outsider, organization)).toBeNull();
  });

  it.each([
    ["at a subdomain", (domain: string) => `out@mail.${domain}`],
    ["at the domain above", (domain: string) => `out@${domain.replace(/^[^.]+\./, "")}`],
    ["at one that only ends like it", (domain: string) => `out@x${domain}`],
    ["at one that only begins like it", (domain: string) => `out@${domain}.evil.example`],
    ["elsewhere, with it before the @", (domain: string) => `"x@${domain}@y"@evil.example`],
    ["elsewhere, with two @", (domain: string) => `x@${domain}@evil.example`],
  ])("IN05 offers nothing for an address %s", async (_what, write) => {
    const { organization, domain, outsider } = await arrange();
    await giveAddress(application, outsider.person, write(domain));
    expect(await readJoinOption(outsider, organization)).toBeNull();
    // And PostgreSQL does not show them the row.
    const rows = await application.database.forUser(outsider.person.id, (tx) =>
      tx.emailDomain.findMany(),
    );
    expect(rows).toEqual([]);
  });

  it("IN06 offers nothing to a person without an address", async () => {
    const { organization, outsider } = await arrange();
    expect((await outsider.agent.get("/organizations")).status).toBe(200);
    expect(await readJoinOption(outsider, organization)).toBeNull();
  });

  it("offers nothing by a domain that is not verified", async () => {
    const { organization, domain, outsider } = await arrange({ isVerified: false });
    await giveAddress(application, outsider.person, `out@${domain}`);
    expect(await readJoinOption(outsider, organization)).toBeNull();
  });

  it("offers nothing to a member, suspended or not", async () => {
    const { organization, domain, viewer, member } = await arrange();
    for (const { person } of [viewer, member]) {
      await giveAddress(application, person, `${person.id}@${domain}`);
    }
    await suspend(application, member.person);
    expect(await readJoinOption(viewer, organization)).toBeNull();
    expect(await readJoinOption(member, organization)).toBeNull();
  });

  it("offers only the withdrawal to a person with a pending request", async () => {
    const { organization, domain, outsider } = await arrange();
    await giveAddress(application, outsider.person, `out@${domain}`);
    await askToJoin(application, organization, outsider.person);
    // But to take that back.
    const waiting = await readJoinOption(outsider, organization);
    expect(waiting?.action?.pathname).toMatch(/\/join-requests\/.*\/withdrawal$/);
    await application.query("update join_requests set status = 'withdrawn'");
    const open = await readJoinOption(outsider, organization);
    expect(open?.action?.pathname).toMatch(/\/email-domains\//);
  });

  it("offers nothing of a deleted organization", async () => {
    const { organization, domain, outsider } = await arrange();
    await giveAddress(application, outsider.person, `out@${domain}`);
    await markDeleted(application, organization);
    const page = await outsider.agent.get("/organizations");
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(organization.name);
  });

  it("offers each organization that claims the domain once, by its best rule", async () => {
    const { organization, domain, outsider } = await arrange({ mode: "request", role: "viewer" });
    const wider = await addDomain(application, organization, { mode: "offer", role: "member" });
    const other = await assemble(application);
    await addDomain(application, other.organization, { domain, mode: "request" });
    await giveAddress(application, outsider.person, `out@${domain}`);
    await application.query(
      `insert into identities (user_id, provider, subject, email, email_verified)
       values ($1, 'github', 'g', $2, true)`,
      [outsider.person.id, `out@${wider}`],
    );
    const { text } = await outsider.agent.get("/organizations");
    expect(text.split(organization.name).length).toBe(text.split(other.organization.name).length);
    expect((await readJoinOption(outsider, organization))?.words).toContain(
      `an address at ${wider}`,
    );
    expect((await readJoinOption(outsider, other.organization))?.words).toContain("Ask to join");
  });
});
