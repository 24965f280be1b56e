/** A person to sign in as. `note` says what they show. */
export type DemoPerson = { name: string; identifier: string; password: string; note: string };
