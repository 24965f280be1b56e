/** Every event of a Logto 1.42 webhook, in the order in which its refusal of an unknown one lists them. */
export const hookEvents = [
  "PostRegister",
  "PostSignIn",
  "PostSignInAdaptiveMfaTriggered",
  "PostResetPassword",
  "User.Created",
  "User.Deleted",
  "User.Data.Updated",
  "User.SuspensionStatus.Updated",
  "Role.Created",
  "Role.Deleted",
  "Role.Data.Updated",
  "Role.Scopes.Updated",
  "Scope.Created",
  "Scope.Deleted",
  "Scope.Data.Updated",
  "Organization.Created",
  "Organization.Deleted",
  "Organization.Data.Updated",
  "Organization.Membership.Updated",
  "OrganizationRole.Created",
  "OrganizationRole.Deleted",
  "OrganizationRole.Data.Updated",
  "OrganizationRole.Scopes.Updated",
  "OrganizationScope.Created",
  "OrganizationScope.Deleted",
  "OrganizationScope.Data.Updated",
  "Identifier.Lockout",
  "Message.RateLimited",
  "Grant.LimitExceeded",
] as const;

export type HookEvent = (typeof hookEvents)[number];

/** The body of a webhook, without the `hookId`, which each hook adds for itself. */
export type HookPayload = { event: HookEvent; createdAt: string } & Record<string, unknown>;
