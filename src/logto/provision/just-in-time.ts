import { z } from "zod";

import type { Step } from "./step.ts";

const organizationAnswer = z.object({ id: z.string(), name: z.string() });
const domainAnswer = z.object({ emailDomain: z.string() });
const connectorAnswer = z.object({ id: z.string() });

/** There may be very many organizations. */
const most = 500;

/**
 * Reports where Logto itself makes people members ("just-in-time provisioning"). We never set that up: an operator has, so
 * it stays, and the ledger names it.
 */
export async function reportJustInTime({ api, ledger }: Step): Promise<void> {
  const kind = "just-in-time provisioning";
  const organizations = await api.list(organizationAnswer, (client, query) =>
    client.GET("/api/organizations", { params: { query } }),
  );
  let found = 0;
  for (const { id, name } of organizations.slice(0, most)) {
    const params = { path: { id } };
    const domains = await api.read(z.array(domainAnswer), (client) =>
      client.GET("/api/organizations/{id}/jit/email-domains", { params }),
    );
    const connectors = await api.read(z.array(connectorAnswer), (client) =>
      client.GET("/api/organizations/{id}/jit/sso-connectors", { params }),
    );
    const rules = [
      ...domains.map(({ emailDomain }) => emailDomain),
      ...(connectors.length > 0 ? ["single sign-on"] : []),
    ];
    if (rules.length === 0) continue;
    found += 1;
    ledger.note(kind, `is on for the organization ${name} (${id}): ${rules.join(", ")}`);
  }
  if (organizations.length > most) {
    ledger.note(
      kind,
      `only the first ${most} of ${organizations.length} organizations were looked at`,
    );
  } else if (found === 0) ledger.keep(kind, "off");
}
