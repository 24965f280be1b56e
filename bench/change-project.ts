import type { Request } from "autocannon";

import type { Database } from "../src/database/database.ts";
import { createProject } from "../src/projects/project.ts";

/**
 * Makes 19 projects, and returns a function that describes the measurement of a change. Each request changes another project to
 * another name, so that it has something to write.
 */
export async function prepareChanges(
  database: Database,
  actor: Parameters<typeof createProject>[1],
) {
  const ids: string[] = [];
  for (let count = 1; count < 20; count += 1) {
    ids.push(await createProject(database, actor, { name: `Project ${count}` }));
  }
  return (url: string, home: string, headers: Record<string, string>) => {
    let count = 0;
    const setupRequest = (request: Request): Request => {
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
    const name = "change a project: write and audit event";
    return { name, url, status: 303, requests: [{ setupRequest }] };
  };
}
