import type { Limit, StandingLimit } from "../http/limit.ts";

/** ORGANIZATION_REQUESTS_PER_MINUTE sets the number. */
export const organizationRequests: Limit = {
  name: "organization-requests",
  things: "requests of all members of one organization",
  per: "organization",
  attempts: 6_000,
  seconds: 60,
  kept: "memory",
};

/** Half of the organization's number. */
export const memberRequests: Limit = {
  name: "member-requests",
  things: "requests of one member to one organization",
  per: "person and organization",
  attempts: organizationRequests.attempts / 2,
  seconds: 60,
  kept: "memory",
};

/** Checked when a person creates another organization. */
export const ownedOrganizations: StandingLimit = {
  things: "organizations that someone owns, and those deleted that are not purged yet",
  per: "person",
  most: 100,
};

export const reservedAddresses: StandingLimit = {
  things: "addresses, its present one and those that it left in the last 90 days",
  per: "organization",
  most: 10,
};

export const newOrganizations: Limit = {
  name: "new-organizations",
  things: "new organizations",
  per: "person",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};

/** Each change reserves the former address for 90 days. */
export const addressChanges: Limit = {
  name: "address-changes",
  things: "changes of addresses of organizations",
  per: "person",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};

export const addressChangesOfOne: Limit = {
  name: "address-changes-of-one",
  things: "changes of the address of one organization",
  per: "organization",
  attempts: 5,
  seconds: 86_400,
  kept: "database",
};

/** Each shuts out all members, or admits them again. */
export const organizationDeletions: Limit = {
  name: "organization-deletions",
  things: "deletions and restorations of organizations",
  per: "person",
  attempts: 20,
  seconds: 86_400,
  kept: "database",
};

/** Each mails two people. */
export const ownershipTransfers: Limit = {
  name: "ownership-transfers",
  things: "transfers of ownership",
  per: "person",
  attempts: 10,
  seconds: 86_400,
  kept: "database",
};
