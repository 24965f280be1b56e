import { AppError } from "../../src/http/errors.ts";
import type { ChangingMember } from "../../src/tenancy/change-as.ts";

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
