import { expect, it } from "vitest";

import { createProject } from "../../src/projects/project.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { useApplication } from "../support/application.ts";
import { repetitions } from "../support/endurance.ts";
import { readMembers, tryDeletion } from "./deletion-world.ts";
import { createRaceWorlds } from "./race-world.ts";

const application = useApplication();

const runs = repetitions(50, 6);

it(`projects are made or refused, and never fail, while the account of the owner is deleted, ${runs} runs`, async () => {
  const { database } = application;
  const worlds = await createRaceWorlds(application, runs);
  await application.query("delete from memberships where user_id = any($1)", [
    worlds.map(({ second }) => second.id),
  ]);
  const seen = new Set<string>();
  for (const { first, member, organization } of worlds) {
    const results = await Promise.all([
      attempt(createProject(database, actorIn(member, organization), { name: "x" })),
      attempt(createProject(database, actorIn(first, organization), { name: "y" })),
      tryDeletion(application, first, [[organization, "delete"]]),
      attempt(createProject(database, actorIn(member, organization), { name: "z" })),
    ]);
    expect(results[2]).toBe("done");
    for (const result of results) expect(["done", "request.not_found"]).toContain(result);
    results.forEach((result) => seen.add(result));
  }
  expect(seen).toContain("done");
  const left = await readMembers(
    application,
    worlds.map(({ organization }) => organization),
  );
  expect(left.size).toBe(0);
});
