import { createProject } from "../../src/projects/project.ts";
import type { Writers, WritersKit } from "../database/writers-world.ts";
import { actorIn } from "../support/acting.ts";

export function projectWriters({ database, others, organizations, any }: WritersKit): Writers {
  return {
    project: () =>
      createProject(database, actorIn(any(others), any(organizations)), {
        name: "One",
        status: "planned",
        dueDate: null,
      }),
  };
}
