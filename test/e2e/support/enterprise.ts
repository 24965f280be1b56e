import { afterAll, beforeAll } from "vitest";
import { z } from "zod";

import { type Enterprise, startEnterprise } from "../../logto-stand-in/enterprise.ts";
import type { useBrowser } from "./browser.ts";

/** A company whose people sign in at its own identity provider, for the addresses at acme.example. */
export function useEnterprise({
  application,
  identityProvider,
}: Pick<ReturnType<typeof useBrowser>, "application" | "identityProvider">) {
  let acme: Enterprise;
  let connectorId = "";
  beforeAll(async () => {
    acme = await startEnterprise();
    const made = await identityProvider.manage("POST", "/sso-connectors", {
      providerName: "OIDC",
      connectorName: "Acme",
      config: acme.config,
      domains: ["acme.example"],
    });
    connectorId = z.object({ id: z.string() }).parse(made).id;
    acme.acceptRedirectsTo(`${application.config.logto.endpoint}/callback/${connectorId}`);
    await identityProvider.provisionSignIn();
  });
  afterAll(() => acme.stop());

  return {
    get connectorId() {
      return connectorId;
    },
    /** The person at the browser from now on. @returns their address */
    arrive(sub: string): string {
      const email = `${sub}@acme.example`;
      acme.visitor = { sub, email, email_verified: true, name: `Emma ${sub}` };
      return email;
    },
  };
}
