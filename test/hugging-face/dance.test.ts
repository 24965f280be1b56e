import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { Browser } from "../support/browser.ts";
import { useIdentityProvider } from "../support/identity-provider.ts";
import { answerHuggingFace } from "../support/answer-hugging-face.ts";
import { findPerson, orbital, signIn } from "./visitor.ts";

// The whole way over HTTP, as a browser walks it: the application, Logto, and Hugging Face.

const provider = useIdentityProvider();
const application = useApplication({ identityProvider: (baseUrl) => provider.start(baseUrl) });
const at = (path: string) => application.baseUrl + path;

/** A person who signed in with Hugging Face, on the page of the connections of their new organization. */
async function arrive(handle: string) {
  const browser = new Browser();
  await signIn(application, browser, handle);
  const person = await findPerson(application, handle);
  const organization = await application.createOrganization(person);
  const path = `/o/${organization.slug}/hugging-face`;
  const page = await browser.open(at(path));
  const leave = async () => {
    // Hugging Face has to ask this browser again.
    await browser.post(`${provider.huggingFace.issuer}/logout`, {});
    return browser.submit(page, {}, "/authorization");
  };
  return { browser, person, organization, path, leave };
}

const readConnections = (organizationId: string) =>
  application.query<{ subject: string; handle: string; mode: string }>(
    "select subject, handle, mode from hugging_face_connections where organization_id = $1",
    [organizationId],
  );

describe("connecting an organization with one at Hugging Face", () => {
  it("leads through the consent with read-memberships to a choice, and to the connection", async () => {
    const { browser, organization, path, leave } = await arrive("katherine");
    const people = await leave();
    const asked = new URL(people.url);
    expect(asked.pathname).toBe("/oauth/authorize");
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      scope: "openid profile read-memberships",
      redirect_uri: at("/hugging-face/callback"),
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const choice = await answerHuggingFace(browser, people, "katherine");
    expect(choice.status).toBe(200);
    expect(choice.html).toContain("@orbital-works");
    // There she is a contributor only, and has yet to do its single sign-on.
    expect(choice.html).not.toContain("@analytical");
    const connected = await browser.submit(choice, {}, "hugging-face");
    expect(connected.url).toBe(at(path));
    expect(connected.html).toContain("The organization is connected.");
    expect(await readConnections(organization.id)).toEqual([
      { subject: orbital, handle: "orbital-works", mode: "offer" },
    ]);
  });

  it("refuses an account other than the linked one, and says so", async () => {
    const { browser, organization, path, leave } = await arrive("katherine");
    const page = await answerHuggingFace(browser, await leave(), "ada");
    expect(page.status).toBe(403);
    expect(page.html).toContain("That was another Hugging Face account");
    expect(page.html).toContain(`href="${path}"`);
    expect(await readConnections(organization.id)).toEqual([]);
  });

  it("refuses a person who is no admin there, or an admin with a pending step", async () => {
    for (const handle of ["mary", "valentina"]) {
      const isPending = handle === "valentina";
      if (isPending) {
        const change = { roleInOrg: "admin" as const, missingMFA: true };
        provider.world.setMembership(handle, "orbital-works", change);
      }
      const { browser, leave } = await arrive(handle);
      const page = await answerHuggingFace(browser, await leave(), handle);
      expect(page.status).toBe(403);
      expect(page.html).toContain("You are not an admin at Hugging Face");
    }
  });

  it("offers nothing to a person without a linked account, and refuses them at the callback", async () => {
    const owner = await application.createPerson();
    const { slug } = await application.createOrganization(owner);
    const agent = await application.signInAs(owner);
    const path = `/o/${slug}/hugging-face`;
    expect((await agent.get(path)).text).toContain('href="/account/hugging-face/link"');
    const start = await agent.post(`${path}/authorization`).type("form").send({}).expect(303);
    const consent = await new Browser().open(start.headers["location"] ?? "");
    const stopped = new Browser({ stopAt: (url) => url.includes("/hugging-face/callback") });
    const back = await answerHuggingFace(stopped, consent, "katherine");
    const answer = await agent.get(back.url.slice(application.baseUrl.length));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("not linked with Hugging Face");
  });

  it("accepts a refusal there", async () => {
    const { browser, organization, leave } = await arrive("katherine");
    const page = await answerHuggingFace(browser, await leave(), "katherine", {
      decision: "refuse",
    });
    expect(page.status).toBe(400);
    expect(page.html).toContain("Access was denied");
    expect(await readConnections(organization.id)).toEqual([]);
  });

  it("cannot be finished twice, in another browser, by another person, or with another state", async () => {
    const { browser, leave } = await arrive("katherine");
    const spent = { status: 400, html: expect.stringContaining("This cannot be finished") };
    const other = await arrive("ada");

    const first = await answerHuggingFace(browser, await leave(), "katherine");
    expect(first.status).toBe(200);
    expect(await browser.open(first.url)).toMatchObject(spent);

    const foreign = await other.leave();
    const stateOfOther = new URL(foreign.url).searchParams.get("state") ?? "";
    // Otherwise it would send her straight back.
    await browser.post(`${provider.huggingFace.issuer}/logout`, {});
    const people = await leave();
    const forged = new URL(first.url);
    forged.searchParams.set("state", stateOfOther);
    expect(await browser.open(forged.href)).toMatchObject(spent);
    // The attempt is over.
    expect(await answerHuggingFace(browser, people, "katherine")).toMatchObject(spent);

    expect(await other.browser.open(first.url)).toMatchObject(spent);
    expect(await new Browser().open(first.url)).toMatchObject(spent);
    expect(await browser.open(at("/hugging-face/callback"))).toMatchObject(spent);
  });

  it("cannot be finished by another account that signed in on the same browser meanwhile", async () => {
    await signIn(application, new Browser(), "ada");
    const other = await findPerson(application, "ada");
    const { browser, person, organization, leave } = await arrive("katherine");
    await application.addMember(organization, other, "owner");
    const people = await leave();
    const swap = "update sessions set user_id = $2 where user_id = $1";
    await application.query(swap, [person.id, other.id]);
    const page = await answerHuggingFace(browser, people, "ada");
    expect(page.status).toBe(400);
    expect(page.html).toContain("This cannot be finished");
  });

  it.each([
    [403, "update memberships set role = 'viewer' where organization_id = $1 and user_id = $2"],
    [
      404,
      "update memberships set suspended_at = now() where organization_id = $1 and user_id = $2",
    ],
    [404, "delete from memberships where organization_id = $1 and user_id = $2"],
    [404, "update organizations set deleted_at = now() where id = $1 and $2::uuid is not null"],
  ])("cannot be finished (%i) after the person lost the right: %s", async (status, loss) => {
    const { browser, person, organization, leave } = await arrive("katherine");
    await application.addMember(organization, await application.createPerson(), "owner");
    const people = await leave();
    await application.query(loss, [organization.id, person.id]);
    const page = await answerHuggingFace(browser, people, "katherine");
    expect(page.status).toBe(status);
    expect(page.html).not.toContain("Choose an organization");
  });

  it("writes neither code nor token into the log or the database", async () => {
    const { browser, organization, leave } = await arrive("katherine");
    const choice = await answerHuggingFace(browser, await leave(), "katherine");
    const code = new URL(choice.url).searchParams.get("code") ?? "?";
    expect(code).toMatch(/^[0-9a-f]{24}$/);
    expect(application.logged()).not.toContain(code);
    expect(application.logged()).not.toContain("hf_oauth_");
    const tables = await application.query<{ dump: string }>(
      `select query_to_xml('select * from ' || quote_ident(table_name), true, false, '')::text as dump
         from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    const dump = tables.map((table) => table.dump).join("");
    expect(dump).toContain(organization.name);
    expect(dump).not.toContain(code);
    expect(dump).not.toContain("hf_oauth_");
  });
});

describe("the page's policy", () => {
  it("allows forms to lead to Hugging Face", async () => {
    const { headers } = await application.visitor().get("/");
    const issuer = application.config.huggingFace.endpoint;
    expect(headers["content-security-policy"]).toMatch(
      new RegExp(`form-action 'self' \\S+ ${issuer}(;|$)`),
    );
  });
});
