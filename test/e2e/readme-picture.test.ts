import { join } from "node:path";
import { expect, it } from "vitest";

import { answerHuggingFace, openSwitcher, press, seeHeading } from "./support/steps.ts";
import { useTenantry } from "./support/tenantry.ts";

const { application, openVisitor } = useTenantry();

const folder = process.env["SCREENSHOTS"];

/* SCREENSHOTS=docs/images npx vitest run --config vitest.e2e.config.ts readme-picture */
it.skipIf(folder === undefined)("takes the picture in the README", async () => {
  const { openTab } = await openVisitor();
  const page = await openTab("/");
  await press(page, "link", "Continue with Hugging Face");
  await answerHuggingFace(page, "ada");
  await seeHeading(page, "Your organizations");

  const name = "Ada Lovelace";
  const [user] = await application.query<{ id: string }>("select id from users where name = $1", [
    name,
  ]);
  const ada = { id: user?.id ?? "", name };
  await application.createOrganization(ada, "Bramble & Daughters");
  const owner = await application.createPerson();
  for (const [organizationName, role, others] of [
    ["Northwind Robotics", "admin", 10],
    ["Kiln Street Studio", "member", 0],
    ["Harbour Health", "viewer", 0],
  ] as const) {
    const organization = await application.createOrganization(owner, organizationName);
    await application.addMember(organization, ada, role);
    for (let count = 0; count < others; count += 1) {
      await application.addMember(organization, await application.createPerson(), "member");
    }
  }

  await page.goto("/o/northwind-robotics");
  await openSwitcher(page);
  const path = join(folder ?? "", "tenantry.png");
  const picture = await page.screenshot({ path, animations: "disabled" });
  expect(picture.length).toBeLessThan(200_000);
});
