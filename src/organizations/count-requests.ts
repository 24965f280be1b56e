import { limitEach } from "../http/rate-limit.ts";
import { memberRequests, organizationRequests } from "./limits.ts";

/**
 * Counts requests of an organization, so that a busy one leaves room to the others; and of one member, so that nobody uses up
 * what is for all of them.
 *
 * @param perMinute of all members together; one has half of it
 */
export function countRequestsWith(perMinute: number) {
  const ofAll = limitEach({ ...organizationRequests, attempts: perMinute });
  const ofOne = limitEach({ ...memberRequests, attempts: Math.ceil(perMinute / 2) });
  return async (organizationId: string, userId: string): Promise<void> => {
    await ofOne(`${organizationId} ${userId}`);
    await ofAll(organizationId);
  };
}
