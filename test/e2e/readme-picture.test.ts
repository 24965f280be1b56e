import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

import { productSlug } from "../../src/runtime/product.ts";
import { createProject } from "../../src/projects/project.ts";
import { root } from "../support/documents.ts";
import { answerHuggingFace, openSwitcher, press, seeHeading } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, openVisitor } = useBrowser();

const picture = join(root, `docs/images/${productSlug}.png`);
/** The words of the picture. Machines have different fonts, so the test cannot compare pictures. */
const words = join(root, `docs/images/${productSlug}.txt`);
const isRetaking = process.env["RETAKE"] !== undefined;

/* `npm run screenshots` takes it again. */
it("shows the present pages in the README", async () => {
  const { openTab } = await openVisitor();
  const page = await openTab("/");
  await press(page, "link", "Continue with Hugging Face");
  await answerHuggingFace(page, "ada");
  await seeHeading(page, "Your organizations");
  await fill("Ada Lovelace");

  await page.goto("/o/northwind-robotics/projects");
  await openSwitcher(page);
  const snapshot = await page.locator("body").ariaSnapshot();
  const shown = `${snapshot
    .replaceAll(/\n *- \/url: .*/g, "")
    .replaceAll(/(Created\n *- time: ).*/g, "$1today")}\n`;
  if (isRetaking) {
    await page.screenshot({ path: picture, animations: "disabled" });
    await writeFile(words, shown);
  }
  expect((await readFile(picture)).length).toBeLessThan(200_000);
  expect(shown, "npm run screenshots").toBe(await readFile(words, "utf8"));
});

async function fill(name: string): Promise<void> {
  const [user] = await application.query<{ id: string }>("select id from users where name = $1", [
    name,
  ]);
  const ada = { id: user?.id ?? "", name };
  await application.createOrganization(ada, "Bramble & Daughters");
  const owner = await application.createPerson();
  for (const [organizationName, role] of [
    ["Northwind Robotics", "admin"],
    ["Kiln Street Studio", "member"],
    ["Harbour Health", "viewer"],
  ] as const) {
    const organization = await application.createOrganization(owner, organizationName);
    await application.addMember(organization, ada, role);
    if (role === "admin") await plan({ user: ada, organization });
  }
}

async function plan(actor: { user: { id: string }; organization: { id: string } }): Promise<void> {
  const { database } = application;
  const request = { id: "picture", ip: "127.0.0.1", userAgent: "test" };
  const asAda = { ...actor, request };
  const due = (day: string) => new Date(`${day}T00:00:00Z`);
  const projects = [
    { name: "Warehouse pilot", status: "planned", dueDate: due("2027-03-31") },
    { name: "One-armed prototype", status: "paused", dueDate: null },
    { name: "Apollo landing software", status: "done", dueDate: due("2026-07-20") },
    { name: "Gripper mark II", status: "active", dueDate: due("2027-01-15") },
  ] as const;
  for (const project of projects) await createProject(database, asAda, project);
}
