import { expect, it } from "vitest";

import { SignInBrowser } from "./browser.ts";
import { useStandIn } from "./stand-in.ts";

const password = "Strong-pass-2026!";
const people = ["ada", "bruno"].map((identifier) => ({
  identifier,
  name: `${identifier} of the demo`,
  note: "owner of Acme Robotics",
  password,
}));
const standIn = useStandIn(() => ({ people }));

it("signs in as a demo person by one press, and offers only those who have an account", async () => {
  const browser = new SignInBrowser(standIn);
  expect((await browser.authorize()).html).not.toContain("demo");
  await standIn.manage("POST", "/users", { username: "ada", password });
  const page = await browser.authorize();
  expect(page.html).toContain("ada of the demo");
  expect(page.html).not.toContain("bruno of the demo");
  const press = (identifier: string) => browser.submit(page, { identifier }, "/demo-person");
  for (const nobody of ["bruno", "eve"]) expect((await press(nobody)).status).toBe(422);
  browser.readCallback(await press("ada"));
});
