import { expect, it } from "vitest";

import { drawPng } from "../support/pictures.ts";
import { useBrowser } from "./support/browser.ts";
import { photograph } from "./support/screenshots.ts";
import { press, seeText } from "./support/steps.ts";

const { application, openVisitorAs } = useBrowser();

const choose = async (width: number, height: number) => ({
  name: "picture.png",
  mimeType: "image/png",
  buffer: await drawPng(width, height),
});

it("an admin gives the organization a picture, which the page makes small enough, and removes it", async () => {
  const owner = await application.createPerson("Olivia Okafor");
  const { slug } = await application.createOrganization(owner, "Acme Robotics");
  const { openTab } = await openVisitorAs(owner);
  const page = await openTab(`/o/${slug}/settings`);
  const field = page.getByLabel("Choose a picture");
  const file = await choose(1_200, 900);
  expect(file.buffer.length).toBeGreaterThan(2_000_000);
  await field.setInputFiles(file);
  await page.waitForFunction(() => {
    const input = document.querySelector<HTMLInputElement>("input[type=file]");
    return (input?.files?.[0]?.size ?? Infinity) < 512 * 1024;
  });
  await press(page, "button", "Upload picture");
  await seeText(page, "The picture was changed.");
  const inHeader = page.getByRole("banner").locator("button img").first();
  const readWidth = (image: Element) => (image as HTMLImageElement).naturalWidth;
  await expect.poll(() => inHeader.evaluate(readWidth)).toBe(256);
  await photograph(page, "settings with a picture");
  await press(page, "button", "Remove picture");
  await seeText(page, "The picture was removed.");
  expect(await inHeader.count()).toBe(0);
});

it("a person without JavaScript learns that their picture is too large, and chooses a smaller one", async () => {
  const person = await application.createPerson("Vera Lind");
  const { openTab } = await openVisitorAs(person, {
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
    expectedStatuses: [422],
  });
  const page = await openTab("/account/profile");
  const field = page.getByLabel("Choose a picture");
  await field.setInputFiles(await choose(1_200, 900));
  await press(page, "button", "Upload picture");
  await page.getByText("Please choose a picture of at most 512 KB.").waitFor();
  await photograph(page, "profile with a picture that is too large");
  await field.setInputFiles(await choose(200, 300));
  await press(page, "button", "Upload picture");
  await seeText(page, "Your picture is saved.");
  expect(await page.getByRole("button", { name: "Remove picture" }).count()).toBe(1);
});
