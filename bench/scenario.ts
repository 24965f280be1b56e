import type { Client } from "pg";

/** An owner of one of the organizations, with what they must see there. */
export type Actor = {
  sessionId: string;
  organizationId: string;
  organizationName: string;
  slug: string;
  /** An organization that they do not belong to. */
  foreignSlug: string;
  /** The first page of members, in order. */
  members: { userId: string; name: string; role: string }[];
};

export type Ask = { method?: "GET" | "POST"; path: string; headers?: Headers; body?: string };
type Headers = Record<string, string>;

export type Answer = { status: number; location: string | null; body: string };

/** A request that is measured. */
export type Scenario = {
  /** For `--scenarios`. */
  name: string;
  title: string;
  /** The limit answers the list in its place, and the plain Koa application has none. */
  isPage?: boolean;
  /** Of every answer. */
  status: number;
  /** @param turn differs in each request */
  ask(actor: Actor, turn: number): Ask;
  /** Says what is wrong with an answer: null if it is right. */
  findFault(
    answer: Answer,
    actor: Actor,
    /** The schema that the program writes to, and the turn of the request. */
    written: { client: Client; schema: string; isAudited: boolean; turn: number },
  ): Promise<string | null> | string | null;
  /** SQL that makes the rows it needs, in the application's tables and in those of the others. */
  fill?: string;
};

/** Writes a request of an actor, with the cookie that they have at a program. */
export function askAs(scenario: Scenario, actor: Actor, cookie: string, turn: number): Ask {
  const ask = scenario.ask(actor, turn);
  return { ...ask, headers: { ...ask.headers, cookie } };
}
