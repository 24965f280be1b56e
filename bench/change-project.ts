import type { Request } from "autocannon";

import type { Database } from "../src/database/database.ts";
import { createProject } from "../src/projects/project.ts";

/**
 * Makes 19 projects, for the measurement of a change.
 *
 * @returns what makes requests that each change another project to another name, so that every request has something to write
 */
export async function prepareChanges(
  database: Database,
  actor: Parameters<typeof createProject>[1],
): Promise<(home: string, headers: Record<string, string>) => (request: Request) => Request> {
  const ids: string[] = [];
  for (let count = 1; count < 20; count += 1) {
    ids.push(await createProject(database, actor, { name: `Project ${count}` }));
  }
  return (home, headers) => {
    let count = 0;
    return (request) => {
      count += 1;
      return {
        ...request,
        method: "POST",
        path: `${home}/projects/${ids[count % ids.length]}`,
        headers: {
          ...headers,
          "content-type": "application/x-www-form-urlencoded",
          "sec-fetch-site": "same-origin",
        },
        body: `name=Changed+${count}&status=active&dueDate=`,
      };
    };
  };
}
