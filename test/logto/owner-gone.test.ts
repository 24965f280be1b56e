import pino from "pino";
import { describe, expect, it } from "vitest";

import { describeDrift } from "../../src/logto/sync/describe-drift.ts";
import { reconcileEverything } from "../../src/logto/sync/reconcile.ts";
import { useLogto } from "./logto-world.ts";

const world = useLogto();
const { application, provider } = world;

const context = () => ({
  database: application.database,
  baseUrl: application.config.baseUrl,
  logger: pino({ level: "silent" }),
  logto: world.logto,
});

async function reconcile(): Promise<void> {
  await reconcileEverything(context());
  await world.settle();
}

describe("an organization whose only owner is deleted at Logto", () => {
  it("RB15 is flagged once, and lies at rest until somebody is made its owner in the Console", async () => {
    const [owner, admin] = [await world.createPerson(), await world.createPerson()];
    // So that it is not most of ours who are gone.
    await world.createPerson();
    const { organization, logtoId } = await world.createPair({ owner, admin });
    await provider.manage("DELETE", `/users/${owner.subject}`);
    await provider.logto.webhooks.settled();
    await world.settle();
    for (let round = 0; round < 2; round += 1) {
      expect(await describeDrift(context())).toEqual([]);
      await reconcile();
    }
    const roles = { [owner.subject]: "owner", [admin.subject]: "admin" };
    expect(await world.readMembers(organization)).toEqual(roles);
    expect(await world.readNobodysEvents(organization)).toMatchObject([
      { action: "organization.owner_missing", targetId: owner.id },
    ]);
    const agent = await application.signInAs(admin);
    expect((await agent.get(`/o/${organization.slug}`)).status).toBe(200);

    await world.console.setRole(logtoId, admin, "owner");
    await reconcile();
    await reconcile();
    expect(await world.readMembers(organization)).toEqual({ [admin.subject]: "owner" });
    expect(await describeDrift(context())).toEqual([]);
    expect(
      await application.query("select name, deleted_at from users where id = $1", [owner.id]),
    ).toEqual([{ name: null, deleted_at: expect.any(Date) }]);
  });
});
