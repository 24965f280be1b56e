import type { Scenario } from "./scenario.ts";

/** Each request gives the project of an organization another name. */
export const changeProject: Scenario = {
  name: "write",
  title: "change a project, with its audit event",
  status: 303,
  ask: ({ organizationId, slug }, turn) => ({
    method: "POST",
    // The first project has the id of its organization.
    path: `/o/${slug}/projects/${organizationId}`,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    },
    body: `name=Renamed+${turn}&status=planned&dueDate=`,
  }),
  async findFault(_answer, { organizationId }, { client, schema, isAudited, turn }) {
    const { rows } = await client.query<{ name: string; events: number }>(
      `select name, (select count(*)::int from ${isAudited ? schema : "public"}.audit_events e
                      where e.organization_id = p.organization_id) as events
         from ${schema}.projects p where organization_id = $1`,
      [organizationId],
    );
    const [project] = rows;
    if (project?.name !== `Renamed ${turn}`) return `the project is named ${project?.name}`;
    return isAudited && project.events === 0 ? "there is no audit event" : null;
  },
  fill: `
    insert into public.projects (organization_id, id, name) select id, id, 'Project' from organizations;
    create table peers.projects as
      select organization_id, id, name, status::text, due_date, updated_at from public.projects;
    alter table peers.projects add primary key (organization_id, id);`,
};
