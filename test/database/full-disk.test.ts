import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";

const application = useApplication();

describe("a full disk of PostgreSQL", () => {
  it("FA10 makes writes a 503, leaves reads alone, and ends as soon as there is room", async () => {
    const agent = await application.signInAs(await application.createPerson());
    const create = (name: string) => agent.post("/organizations").type("form").send({ name });
    await application.query(
      "create function full_disk() returns trigger language plpgsql as $$ begin raise sqlstate '53100'; end $$",
    );
    await application.query(
      "create trigger full_disk before insert on memberships execute function full_disk()",
    );
    const refused = await create("No Room");
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "5"]);
    expect((await agent.get("/organizations")).status).toBe(200);
    await application.query("drop trigger full_disk on memberships");
    expect(await application.query("select from organizations where name = 'No Room'")).toEqual([]);
    expect((await create("Room Again")).status).toBe(303);
  });
});
