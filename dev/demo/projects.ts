import type { Database } from "../../src/database/database.ts";
import { archiveProject, changeProject, createProject } from "../../src/projects/project.ts";

/** @param as makes an actor of a username of the cast */
export async function workOnProjects(
  database: Database,
  as: (username: string) => Parameters<typeof createProject>[1],
): Promise<void> {
  await createProject(database, as("ada"), { name: "Apollo landing software", status: "done" });
  const gripper = await createProject(database, as("chidi"), { name: "Gripper" });
  await createProject(database, as("emre"), {
    name: "Warehouse pilot",
    dueDate: new Date("2027-03-31"),
  });
  const arm = await createProject(database, as("bruno"), { name: "One-armed prototype" });
  const mark2 = { name: "Gripper mark II", status: "active" } as const;
  await changeProject(database, as("chidi"), { id: gripper }, mark2);
  await archiveProject(database, as("bruno"), { id: arm }, { isArchived: true });
}
