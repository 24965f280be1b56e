import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { useBrowser } from "./support/browser.ts";
import { useEnterprise } from "./support/enterprise.ts";
import { invite, makeLink, readLink } from "./support/inviting.ts";
import {
  answerHuggingFace,
  createOrganization,
  findIdentifier,
  openMember,
  openSection,
  pathOf,
  press,
  seeHeading,
  seeRole,
  seeText,
  signUp,
  switchTo,
} from "./support/steps.ts";

// Three journeys at a Logto that `npm run logto:provision` has set up: a person joins an organization by an invitation,
// switches between organizations, and manages members as an admin.

type World = Pick<ReturnType<typeof useBrowser>, "application" | "openVisitor" | "openVisitorAs">;

/** An invited person, who signs in when they open the invitation. */
type Guest = {
  /** The address or the name at Hugging Face of the invitation. Null: a link. */
  recipient: string | null;
  arrive(page: Page): Promise<void>;
};

/** @returns the number of members of their own organization in the end */
async function travel(
  { application, openVisitor, openVisitorAs }: World,
  { recipient, arrive }: Guest,
) {
  const owner = await application.createPerson("Olivia Okafor");
  const lantern = await application.createOrganization(owner, "Lantern Press");
  const inviting = await (await openVisitorAs(owner)).openTab(`/o/${lantern.slug}`);
  await openSection(inviting, "Invitations");
  if (recipient !== null) await invite(inviting, recipient);
  const link = recipient === null ? await makeLink(inviting) : await readLink(inviting);

  const { openTab } = await openVisitor();
  const page = await openTab(link);
  await seeHeading(page, "Join Lantern Press");
  await arrive(page);
  await seeHeading(page, "Join Lantern Press");
  expect(pathOf(page)).toBe(link);
  await press(page, "button", "Join Lantern Press");
  await seeHeading(page, "Lantern Press");
  await seeRole(page, "Member");

  await page.goto("/organizations");
  await createOrganization(page, "Kiln Street Studio");
  const kiln = pathOf(page);
  await switchTo(page, "Lantern Press");
  await seeRole(page, "Member");
  await switchTo(page, "Kiln Street Studio");
  await seeRole(page, "Owner");
  expect(pathOf(page)).toBe(kiln);

  const colleague = await application.createPerson("Chidi Anagonye");
  await joinAs(application, kiln, colleague.id);
  await openSection(page, "Members");
  const row = () => openMember(page, "Chidi Anagonye");
  await (await row()).getByLabel("Role of Chidi Anagonye").selectOption("viewer");
  await page.getByRole("button", { name: "Change role of Chidi Anagonye" }).click();
  await seeText(page, "Chidi Anagonye is now a viewer.");
  const menu = await row();
  await menu.getByText("Remove…").click();
  await menu.getByRole("button", { name: "Yes, remove Chidi Anagonye" }).click();
  await seeText(page, "Chidi Anagonye was removed.");
  return page.getByRole("main").getByRole("listitem").count();
}

async function joinAs(application: World["application"], path: string, userId: string) {
  await application.query(
    `insert into memberships (organization_id, user_id, role)
     select id, $2, 'member' from organizations where slug = $1`,
    [path.replace("/o/", ""), userId],
  );
}

describe("at a Logto that can send mail", () => {
  const world = useBrowser({ hasMail: true });
  const { identityProvider } = world;
  const byHuggingFace = (handle: string) => async (page: Page) => {
    await press(page, "button", "Continue with Hugging Face");
    await answerHuggingFace(page, handle);
  };
  const acme = useEnterprise(world);

  it("a new person with an address, proven by the code that Logto mails, invited by mail", async () => {
    const account = identityProvider.inventAccount("Nina Nakamura");
    const username = `${account.username}@lantern.example`;
    const arrive = async (page: Page) => {
      await press(page, "button", "Create an account");
      await signUp(page, { ...account, username }, identityProvider.readCode);
    };
    expect(await travel(world, { recipient: username, arrive })).toBe(1);
  });

  it.each([
    ["with an address that Hugging Face has verified, invited by mail", "ada@hf.example", "ada"],
    [
      "with an address that Hugging Face has not verified, invited by their name there",
      "https://huggingface.co/grace",
      "grace",
    ],
    ["without an address at Hugging Face, invited by a link", null, "noemail"],
  ])("a person %s", async (_who, recipient, handle) => {
    expect(await travel(world, { recipient, arrive: byHuggingFace(handle) })).toBe(1);
  });

  it("a person with their company's single sign-on, invited by mail", async () => {
    const email = acme.arrive("emma");
    const arrive = async (page: Page) => {
      await press(page, "button", "Sign in");
      expect(await findIdentifier(page).inputValue()).toBe(email);
      await press(page, "button", "Sign in");
    };
    expect(await travel(world, { recipient: email, arrive })).toBe(1);
  });
});

describe("at a Logto that cannot send mail", () => {
  const world = useBrowser();

  it("a new person with a username and a password, invited by a link", async () => {
    const account = world.identityProvider.inventAccount("Tomas Lind");
    const arrive = async (page: Page) => {
      await press(page, "button", "Create an account");
      await signUp(page, account);
    };
    expect(await travel(world, { recipient: null, arrive })).toBe(1);
  });
});
