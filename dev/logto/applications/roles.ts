import type { Queryable } from "../store/database.ts";
import { createId } from "../store/ids.ts";

/** The role of machines that may call the Management API. Each Logto has it from the start. */
const managementRole = "Logto Management API access";

export async function allowManagement(sql: Queryable, applicationId: string): Promise<void> {
  await sql`
    insert into roles (id, name, description, type)
    values (${createId(21)}, ${managementRole},
      'This default role grants access to the Logto management API.', 'MachineToMachine')
    on conflict (name) do nothing`;
  await sql`
    insert into application_roles (application_id, role_id)
    select ${applicationId}, id from roles where name = ${managementRole} on conflict do nothing`;
}

export async function mayManage(sql: Queryable, applicationId: string): Promise<boolean> {
  const roles = await sql`
    select 1 from roles join application_roles on role_id = roles.id
    where application_id = ${applicationId} and name = ${managementRole}`;
  return roles.length > 0;
}
