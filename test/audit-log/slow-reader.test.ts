import { get } from "node:http";

import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { createOrganizationWithoutEvents } from "../support/audit-world.ts";

const application = useApplication({ limits: { stalled: 300 } });

describe("GET /o/:slug/audit-log/export", () => {
  it("FA25 FA08 is cut if the client takes nothing, and leaves no connection to PostgreSQL open", async () => {
    const { organization, path, owner, agent } = await createOrganizationWithoutEvents(application);
    // Far more than sockets buffer.
    await application.query(
      `insert into audit_events (organization_id, id, action, target_type, target_id, user_agent)
       select $1, gen_random_uuid(), 'thing.done', 'thing', n, repeat('x', 1000) from generate_series(1, 20000) n`,
      [organization.id],
    );
    const { cookie } = await application.createSessionCookie(owner);
    const request = get(`${application.baseUrl}${path}/export?format=csv`, { headers: { cookie } });
    const outcome = new Promise<string>((resolve) => {
      request.on("error", () => resolve("cut off"));
      request.on("response", (response) => {
        response.pause();
        response.on("error", () => resolve("cut off")).on("end", () => resolve("ended"));
        // The client may still read what the sockets hold.
        setTimeout(() => response.resume(), 2_500);
      });
    });
    await expect
      .poll(() => application.logged())
      .toContain('"reasons":{"the reader takes nothing":1}');
    const open = await application.query(
      "select pid from pg_stat_activity where datname = current_database() and state like 'idle in%'",
    );
    expect(open).toEqual([]);
    expect((await agent.get(path)).status).toBe(200);
    expect(await outcome).toBe("cut off");
    expect(application.logged()).not.toContain('"level":50');
  });
});
