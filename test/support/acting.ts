import type { Role } from "../../src/access/roles.ts";
import { AppError } from "../../src/http/errors.ts";
import { admit, type Grant } from "../../src/tenancy/admission.ts";
import { changeAsGuest, type ChangingMember } from "../../src/tenancy/change-as.ts";
import type { RunningApplication } from "./application.ts";

/** The actor of a change, as a request has it. */
export const actorIn = ({ id }: { id: string }, organization: { id: string }): ChangingMember => ({
  user: { id },
  organization: { id: organization.id },
  request: { id: "request-1", ip: "192.0.2.1", userAgent: "test" },
});

/** @returns `done`, or the code of the error that refused it; any other error is thrown */
export async function attempt(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

type Admitted = { role?: Role; grant?: Grant; tell?: string | null; user?: { id: string } | null };

/** Admits a person by a link, as a feature would; by default they act themselves. @returns whether anything changed */
export const letIn = (
  { database }: Pick<RunningApplication, "database">,
  organization: { id: string },
  person: { id: string },
  { role = "member", grant = { kind: "admin" }, tell = null, user = person }: Admitted = {},
): Promise<boolean> =>
  changeAsGuest(database, { user, organization, request: null }, async (tx) => {
    const key = { organizationId: organization.id, userId: person.id };
    const event = await admit(tx, { ...key, role, grant, tell, details: { via: "link" } });
    return { value: event !== null, event };
  });
