import { describe, expect, it } from "vitest";

import { purgeInvitations } from "../../src/invitations/invitation.ts";
import { runTask } from "../support/tasks.ts";
import { useApplication } from "../support/application.ts";
import { assemble, openBy, type Opened, type World } from "./world.ts";

const application = useApplication();

const countTokens = async ({ organization }: World) =>
  (
    await application.query("select from invitation_tokens where organization_id = $1", [
      organization.id,
    ])
  ).length;

const close = (invitation: Opened, status: string, daysAgo: number) =>
  application.query(
    "update invitations set status = $2::invitation_status, closed_at = now() - make_interval(days => $3) where id = $1",
    [invitation.id, status, daysAgo],
  );

describe("invitation.purge_closed", () => {
  it("removes invitations that were closed or left to expire 90 days ago, and their tokens, everywhere", async () => {
    const worlds = [await assemble(application), await assemble(application)];
    for (const world of worlds) {
      const invite = (name: string) => world.invite(`@${name}`);
      await close(await invite("accepted"), "accepted", 91);
      await close(await invite("declined"), "declined", 91);
      await close(await invite("revoked"), "revoked", 91);
      // Nobody ever closed it: seven days to live, and 91 since.
      await (await invite("expired")).letPass("98 days");
      await close(await invite("young"), "revoked", 89);
      await (await invite("young-expired")).letPass("96 days");
      await invite("open");
      await world.link();
      expect(await countTokens(world)).toBe(8);
    }
    await runTask(application, "invitation.purge_closed");
    for (const world of worlds) {
      const rows = await world.readInvitations();
      expect(rows.map(({ handle }) => handle)).toEqual(["young", "young-expired", "open", null]);
      expect(await countTokens(world)).toBe(4);
    }
  });

  it("removes a thousand at a time", async () => {
    const world = await assemble(application);
    await application.query(
      `insert into invitations (organization_id, id, kind, role, handle, status, expires_at, closed_at)
       select $1, gen_random_uuid(), 'hugging_face', 'viewer', 'h' || n, 'revoked', now(), now() - interval '100 days'
         from generate_series(1, 1200) n`,
      [world.organization.id],
    );
    const { unscoped } = application.database;
    const counts = [];
    for (let round = 0; round < 3; round += 1) counts.push(await purgeInvitations(unscoped));
    expect(counts).toEqual([1000, 200, 0]);
  });

  it("is the only way to see and remove them", async () => {
    const world = await assemble(application);
    const link = await world.link();
    await close(link, "revoked", 100);
    const { unscoped } = application.database;
    expect(await unscoped.invitation.findMany()).toEqual([]);
    expect(await unscoped.invitation.deleteMany()).toEqual({ count: 0 });
    const purged = await unscoped.$transaction(async (tx) => {
      await purgeInvitations(tx);
      // The purpose ends with the function, not with the transaction.
      return tx.$queryRaw`select current_setting('app.purging', true) as purging`;
    });
    expect(purged).toEqual([{ purging: "" }]);
    expect((await openBy({ agent: application.visitor() }, link.token)).status).toBe(410);
  });
});
