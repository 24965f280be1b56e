import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";

import { type Enterprise, startEnterprise } from "../logto-stand-in/enterprise.ts";
import { findIdentifier, pathOf, press, seeHeading, seeText } from "./support/steps.ts";
import { useBrowser } from "./support/browser.ts";

const { application, identityProvider, openVisitor } = useBrowser();

let acme: Enterprise;
let connectorId = "";
beforeAll(async () => {
  acme = await startEnterprise();
  const connector = { providerName: "OIDC", connectorName: "Acme", config: acme.config };
  const made = await identityProvider.manage("POST", "/sso-connectors", {
    ...connector,
    domains: ["acme.example"],
  });
  connectorId = z.object({ id: z.string() }).parse(made).id;
  await identityProvider.provisionSignIn();
  acme.acceptRedirectsTo(`${application.config.logto.endpoint}/callback/${connectorId}`);
});
afterAll(() => acme.stop());

const arrive = (sub: string) => {
  const email = `${sub}@acme.example`;
  acme.visitor = { sub, email, email_verified: true, name: `Emma ${sub}` };
  return email;
};

it("brings the people of a company in by the link that they have", async () => {
  arrive("one");
  const { openTab } = await openVisitor();
  const page = await openTab(`/sign-in?sso=${connectorId}&returnTo=/account`);
  await seeHeading(page, "Your account");
  const profile = page.getByRole("region", { name: "Profile" });
  expect(await profile.innerText()).toMatch(/Emma one[^]*one@acme\.example\s+Verified/);
});

it("brings them in by their address, without JavaScript, and refuses another one's", async () => {
  const email = arrive("two");
  const { openTab } = await openVisitor({ javaScriptEnabled: false, expectedStatuses: [422] });
  const page = await openTab("/organizations");
  await press(page, "link", "Use Single Sign-On");
  await seeHeading(page, "Single Sign-On");
  await findIdentifier(page).fill("somebody@elsewhere.example");
  await press(page, "button", "Single Sign-On");
  await seeText(page, "Single Sign-On is not enabled for this email account.");
  await findIdentifier(page).fill(email);
  await press(page, "button", "Single Sign-On");
  await seeHeading(page, "Your organizations");
  expect(pathOf(page)).toBe("/organizations");
});
