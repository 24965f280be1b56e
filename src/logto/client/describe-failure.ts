import { LogtoError } from "./logto-error.ts";

/**
 * Says to an operator, in a sentence or two, what went wrong and what to do about it.
 *
 * @returns undefined for an error that is no fault of a setting or of Logto
 */
export function describeFailure(
  error: unknown,
  config: { endpoint: string; management: { resource: string } },
): string | undefined {
  if (!(error instanceof LogtoError)) return undefined;
  const { endpoint, management } = config;
  const { code } = error;
  if (code === "oidc.invalid_client") {
    return "Logto does not know these credentials: LOGTO_M2M_APP_ID or LOGTO_M2M_APP_SECRET is wrong.";
  }
  // "requested grant type is not allowed for this client"
  if (code === "oidc.invalid_request") {
    return "The application of LOGTO_M2M_APP_ID is not a machine-to-machine application.";
  }
  if (code === "oidc.invalid_target") {
    return `Logto does not know its Management API as ${management.resource}. Set LOGTO_MANAGEMENT_API_RESOURCE to what it is called (Console, API resources).`;
  }
  if (code === "auth.forbidden") {
    return 'The application of LOGTO_M2M_APP_ID has no access to the Management API. Give it the role "Logto Management API access" (Console, Applications, its Roles).';
  }
  if (error.kind === "invalid_answer" || (error.status === 404 && code === undefined)) {
    return `What answers at ${endpoint} is not Logto (${error.reason}). LOGTO_ENDPOINT is Logto's own address, without /oidc and without that of its Console.`;
  }
  if (error.kind === "unavailable") {
    return `Logto at ${endpoint} cannot be reached or is not well (${error.reason}). Is LOGTO_ENDPOINT right, and Logto running?`;
  }
  return `Logto refused a step (${error.reason}).`;
}
