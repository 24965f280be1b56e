import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { nameMachineRole } from "../../src/logto/client/members.ts";
import { hintOrganization } from "../../src/logto/sync/hints.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application } = world;
const { manage } = world.provider;

const created = z.object({ id: z.string() });
const named = z.array(created.extend({ name: z.string() }));
const secrets = z.array(z.object({ value: z.string() }));

type Machine = { id: string; secret: string };

async function createMachine(): Promise<Machine> {
  const type = "MachineToMachine";
  const { id } = created.parse(await manage("POST", "/applications", { name: "Nightly", type }));
  const [secret] = secrets.parse(await manage("GET", `/applications/${id}/secrets`));
  return { id, secret: secret?.value ?? "" };
}

/** A token by client_credentials, for an organization (by its id at Logto). */
async function requestToken({ id, secret }: Machine, organization: string, scope: string) {
  const answer = await fetch(`${application.config.logto.endpoint}/oidc/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      organization_id: organization,
      scope,
    }),
  });
  return z
    .object({ access_token: z.string().optional(), error: z.string().optional() })
    .parse(await answer.json());
}

describe("a machine-to-machine application of Logto's", () => {
  let pair: Awaited<ReturnType<typeof world.createPair>>;
  let machine: Machine;
  beforeAll(async () => {
    pair = await world.createPair();
    machine = await createMachine();
  });
  const members = () => `/api/v1/organizations/${pair.organization.slug}/members`;
  const list = (token = "") =>
    fetch(application.baseUrl + members(), { headers: { authorization: `Bearer ${token}` } });

  it("that is put into an organization works there with the role it has, until it is taken out", async () => {
    const applications = `/organizations/${pair.logtoId}/applications`;
    expect((await requestToken(machine, pair.logtoId, "member:read")).error).toBe("access_denied");
    await manage("POST", applications, { applicationIds: [machine.id] });
    const roles = named.parse(await manage("GET", "/organization-roles"));
    const viewers = roles.filter(({ name }) => name === nameMachineRole("viewer"));
    await manage("PUT", `${applications}/${machine.id}/roles`, {
      organizationRoleIds: viewers.map(({ id }) => id),
    });
    const { access_token: token } = await requestToken(machine, pair.logtoId, "member:read");
    // Logto says so, and our database does not, yet.
    expect((await list(token)).status).toBe(401);

    await hintOrganization(application.database, pair.organization.id);
    await world.settle();
    const answer = await list(token);
    expect(answer.status).toBe(200);
    const body: { members: { role: string; application: boolean }[] } = await answer.json();
    expect(body.members).toMatchObject([
      { role: "owner", application: false },
      { role: "viewer", application: true },
    ]);

    const narrow = await requestToken(machine, pair.logtoId, "organization:read");
    expect((await list(narrow.access_token)).status).toBe(403);
    const none = await requestToken(machine, pair.logtoId, "member:remove");
    expect((await list(none.access_token)).status).toBe(403);

    await manage("DELETE", `${applications}/${machine.id}`);
    await hintOrganization(application.database, pair.organization.id);
    await world.settle();
    expect((await list(token)).status).toBe(404);
  });
});
