import { describe, expect, it } from "vitest";

import { useApplication } from "../support/application.ts";

describe("POST /organizations", () => {
  const application = useApplication();

  it("creates an organization with its creator as the owner, and opens it", async () => {
    const ada = await application.createPerson();
    const agent = await application.signInAs(ada);
    const created = await agent.post("/organizations").type("form").send({ name: "Acme Robotics" });
    expect(created.status).toBe(303);
    expect(created.headers["location"]).toMatch(/^\/o\/acme-robotics/);
    const home = await agent.get(created.headers["location"] ?? "");
    expect(home.status).toBe(200);
    expect(home.text).toContain("Acme Robotics");
    expect(home.text).toContain("Owner");
  });
});
