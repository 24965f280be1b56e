import { limitEach } from "../http/rate-limit.ts";
import { memberRequests, organizationRequests } from "./limits.ts";

/**
 * Counts the requests of an organization, so that a busy one leaves room for others, and of each member, so that nobody uses
 * up the organization's quota.
 *
 * @param perMinute the quota of all members together; one member has half of it
 */
export function limitRequestsWith(perMinute: number) {
  const ofAll = limitEach({ ...organizationRequests, attempts: perMinute });
  const ofOne = limitEach({ ...memberRequests, attempts: Math.ceil(perMinute / 2) });
  return async (organizationId: string, userId: string): Promise<void> => {
    await ofOne(`${organizationId} ${userId}`);
    await ofAll(organizationId);
  };
}
