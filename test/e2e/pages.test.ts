import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { openAccountMenu, openSwitcher, press, seeHeading } from "./support/steps.ts";
import { scrutinize } from "./support/scrutiny.ts";
import { useBrowser } from "./support/browser.ts";
import type { VisitorOptions } from "./support/visitor.ts";

const { application, openVisitor, openVisitorAs } = useBrowser();

/** Each opens one page, or one state of a page, from nothing. */
const pages: Record<string, () => Promise<Page>> = {
  landing: () => openAnonymously("/"),
  "organizations, empty": () => openAs("Olivia Okafor", "/organizations"),
  "organizations, filled": () => openAsMemberOfThree(() => "/organizations"),
  "organizations, with an error": async () => {
    const page = await openAs("Olivia Okafor", "/organizations", { expectedStatuses: [422] });
    await page.getByLabel("Name", { exact: true }).fill("   ");
    await press(page, "button", "Create organization");
    await page.getByText("Please enter a name.").waitFor();
    return page;
  },
  "organization home": () => openAsMemberOfThree((slug) => `/o/${slug}`),
  "organization home, switcher open": async () => {
    const page = await openAsMemberOfThree((slug) => `/o/${slug}`);
    await openSwitcher(page);
    return page;
  },
  "organization home, account menu open": async () => {
    const page = await openAsMemberOfThree((slug) => `/o/${slug}`);
    await openAccountMenu(page);
    return page;
  },
  account: () => openAsMemberOfThree(() => "/account"),
  "account, in no organization": () => openAs("Olivia Okafor", "/account"),
  "account, where one is signed in": openSessions,
  "account, the profile with a fault": async () => {
    const page = await openAs("Olivia Okafor", "/account/profile", { expectedStatuses: [422] });
    await page.getByLabel("Picture address").fill("http://pictures.example/me.png");
    await press(page, "button", "Save");
    await page.getByText("Please enter an address that begins with https://.").waitFor();
    return page;
  },
  "account, before Hugging Face is unlinked": () =>
    openAs("Olivia Okafor", "/account/hugging-face/unlink"),
  "account deletion, to be confirmed": () => openAsMemberOfThree(() => "/account/deletion"),
  "account deletion, with faults": async () => {
    const page = await openAsMemberOfThree(() => "/account/deletion", {
      authenticationAge: 60,
      expectedStatuses: [409, 422],
    });
    const confirmation = page.getByLabel(/ to confirm$/);
    await confirmation.fill("delete it");
    await press(page, "button", "Delete my account");
    await page.getByText("Please type delete my account to confirm.").waitFor();
    await confirmation.fill("delete my account");
    await press(page, "button", "Delete my account");
    await page.getByText("Please choose a new owner, or delete it.").waitFor();
    return page;
  },
  "sign-out": () => openAnonymously("/sign-out"),
  "an error": async () => {
    const page = await openAs("Olivia Okafor", "/o/not-mine", { expectedStatuses: [404] });
    await seeHeading(page, "There is nothing here");
    return page;
  },
  "an error with a way on": async () => {
    const page = await openAnonymously("/callback?state=spent", { expectedStatuses: [400] });
    await seeHeading(page, "This sign-in cannot be finished");
    return page;
  },
};

/** Opens the sessions of a person with four browsers, three of them with other names. */
async function openSessions(): Promise<Page> {
  const person = await application.createPerson("Olivia Okafor");
  const { openTab } = await openVisitorAs(person);
  const others = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "curl/8.14",
  ];
  for (const [index, userAgent] of others.entries()) {
    const { id } = await application.createSessionCookie(person);
    await application.query(
      `update sessions set user_agent = $2, last_seen_at = now() - make_interval(hours => $3),
              ip = '2001:db8:1234:5678:9abc:def0:1234:5678'
        where id_hash = sha256($1)`,
      [id, userAgent, index + 1],
    );
  }
  return openTab("/account/sessions");
}

async function openAnonymously(path: string, options?: VisitorOptions): Promise<Page> {
  const { openTab } = await openVisitor(options);
  return openTab(path);
}

async function openAs(name: string, path: string, options?: VisitorOptions): Promise<Page> {
  const { openTab } = await openVisitorAs(await application.createPerson(name), options);
  return openTab(path);
}

/** @param choosePath from the slug of the organization owned */
async function openAsMemberOfThree(
  choosePath: (slug: string) => string,
  options?: Parameters<typeof openVisitorAs>[1],
): Promise<Page> {
  const owner = await application.createPerson();
  const person = await application.createPerson("Olivia Okafor");
  const own = await application.createOrganization(person, "Bramble & Daughters");
  for (const [name, role] of [
    ["Northwind Robotics", "admin"],
    ["Kiln Street Studio with a name that goes on and on, well past what fits", "viewer"],
  ] as const) {
    await application.addMember(await application.createOrganization(owner, name), person, role);
  }
  const { openTab } = await openVisitorAs(person, options);
  return openTab(choosePath(own.slug));
}

it.each(Object.entries(pages))(
  "is accessible and fits a phone, in light and dark: %s",
  async (name, open) => expect(await scrutinize(await open(), name)).toEqual([]),
);
